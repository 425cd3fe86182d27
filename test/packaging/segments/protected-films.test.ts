/**
 * Every film encrypted: it comes back as it was by a decryptor of the test's own and by mediabunny, keeps every rule of
 * CMAF and Common Encryption, and nothing but the samples is changed. The first track of a codec is encrypted under both
 * schemes, of the others every second one under the same; each under both in `npm run soak -- --project films`.
 */
import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { createPackager } from '../../../lib/packaging/segments/packager.ts'
import { nodeAes } from '../../../lib/platform/crypto/aes.ts'
import { trackPath } from '../../../lib/timeline/media-path.ts'
import type { Track } from '../../../lib/timeline/timeline.ts'
import { isWhole } from '../../browser/matrix.ts'
import { ffmpegMissing } from '../../house/ffmpeg.ts'
import { everyFilm, filmMissing } from '../../house/films/every-film.ts'
import { guardedRanges } from '../../judges/cmaf/protection-rules.ts'
import { ofTheMedia, readCmafTrack } from '../../judges/cmaf/rules.ts'
import { corpusMissing } from '../../judges/corpus.ts'
import { protectionOf, samplesOf } from '../../judges/media/decrypt.ts'
import { readPackets } from '../../judges/media/packets.ts'
import { rebox } from '../../judges/media/rebox.ts'
import { tracedHeaders } from '../../judges/media/traced-headers.ts'
import { allFaultsOf } from '../films/judged.ts'
import { joined, mediaPath, type Shelf, shelve } from '../films/shelf.ts'
import { sourcesOf } from '../reading/sources-of.ts'

const key = randomBytes(16)
const iv = randomBytes(16)
const kid = randomBytes(16).toString('hex')

const schemes = ['cenc', 'cbcs'] as const
type Scheme = (typeof schemes)[number]
const films = everyFilm.filter(({ refused, leavesAs }) => refused === undefined && leavesAs === undefined)
const checked = { tracks: 0, samples: 0, segments: 0, headers: 0 }

it.for(films)('$name comes back as it was', async (film, { skip }) => {
  const missing = filmMissing(film)
  skip(missing !== undefined, missing)
  const shelf = await shelve(...(await sourcesOf(film)))
  const pictures: Pictures[] = []
  for (const track of shelf.films.timeline.tracks) {
    if (track.type !== 'video' && track.type !== 'audio') continue
    if (track.configs.some(({ codec }) => codec.startsWith('vp09'))) continue
    for (const scheme of schemesOf(track)) {
      const pieceOf = piecesOf(shelf, track, scheme)
      pictures.push(...(await expectReturned(shelf, track, { scheme, pieceOf })))
      const broken = await allFaultsOf(shelf, track, { pieceOf, key: { scheme, kid } })
      expect(broken.filter(({ rule }) => !ofTheMedia.has(rule))).toEqual([])
      checked.segments += track.segments.length
    }
  }
  if (pictures.length > 0) expectSameHeaders(pictures)
})

/** Tracks so far, by codec, those of key frames apart. */
const had = new Map<string, number>()

function schemesOf({ configs, trickOf }: Track): readonly Scheme[] {
  const kind = `${configs[0]?.codec.split('.')[0]} ${trickOf !== undefined}`
  const count = had.get(kind) ?? 0
  had.set(kind, count + 1)
  if (isWhole || count === 0) return schemes
  return count % 2 === 0 ? ['cbcs'] : ['cenc']
}

it.skipIf(corpusMissing !== undefined || ffmpegMissing !== undefined)('were many', () => {
  expect(checked.tracks).toBeGreaterThan(100)
  expect(checked.samples).toBeGreaterThan(10_000)
  expect(checked.segments).toBeGreaterThan(300)
  expect(checked.headers).toBeGreaterThan(50_000)
})

type PieceOf = (file: string) => Promise<Uint8Array>

/** The track's encrypted pieces by name, each asked for once. */
function piecesOf(shelf: Shelf, track: Track, scheme: Scheme): PieceOf {
  const { id, version } = shelf.films.timeline
  const packager = createPackager({
    reader: shelf.reader,
    aes: nodeAes,
    rights: {
      of: async () => ({
        schemes: [scheme],
        sharing: 'shared',
        period: (index) => (index === 3 ? { from: 0, to: Number.POSITIVE_INFINITY } : undefined),
      }),
      key: async () => ({ kid, key, iv }),
    },
  })
  const root = `/${trackPath({ scheme, label: 'ALL', period: 3 }, id, version, track.id)}`
  const pieces = new Map<string, Uint8Array>()
  return async (file) => {
    const known = pieces.get(file)
    if (known) return known
    const answer = await packager.answer({ method: 'GET', path: root + file, headers: {} })
    const bytes = joined(answer.body)
    answer.giveBack?.()
    expect(answer.status, `${root}${file}: ${Buffer.from(bytes).toString('utf8', 0, 300)}`).toBe(200)
    expect(answer.headers['content-length']).toBe(`${bytes.length}`)
    pieces.set(file, bytes)
    return bytes
  }
}

async function expectReturned(
  shelf: Shelf,
  track: Track,
  { scheme, pieceOf: sealed }: { readonly scheme: Scheme; readonly pieceOf: PieceOf },
): Promise<Pictures[]> {
  const pictures: Pictures[] = []
  const clear = async (file: string) => (await shelf.get(mediaPath(shelf.films, track.id, file))).bytes
  for (const { id: configId } of track.configs) {
    const names = track.segments
      .filter((one) => one.configId === configId)
      .map(({ number, cut }) => `${number}.${cut}.m4s`)
    const init = await sealed(`i-${configId}.mp4`)
    const how = protectionOf(init)
    expect(how).toMatchObject({ scheme, kid })
    expect(track.configs.find((one) => one.id === configId)?.codec).toMatch(
      new RegExp(`^${how.original}`, 'i'),
    )
    const pieces = [init]
    const plain = [await clear(`i-${configId}.mp4`)]
    expect(Buffer.from(plain[0] ?? []).equals(clearInit(init, how.original))).toBe(true)
    for (const name of names) {
      const [one, other] = [await sealed(name), await clear(name)]
      const [got, wanted] = [samplesOf(one, key, how), samplesOf(other)]
      expect(got.length).toBe(wanted.length)
      expect(Buffer.concat(got).equals(Buffer.concat(wanted)), `${track.id} ${name}`).toBe(true)
      const largest = wanted.reduce(
        (most, sample, i) => (sample.length > (wanted[most]?.length ?? 0) ? i : most),
        0,
      )
      if ((wanted[largest]?.length ?? 0) > 200)
        expect(samplesOf(one)[largest]?.equals(wanted[largest] ?? Buffer.alloc(0)), name).toBe(false)
      checked.samples += got.length
      pieces.push(one)
      plain.push(other)
    }
    checked.tracks++
    const kind = track.type === 'video' ? 'video' : 'audio'
    const opened = await readPackets(Buffer.concat(pieces), kind, key.toString('hex'))
    expect(opened).toEqual(await readPackets(Buffer.concat(plain), kind))
    if (kind === 'video') pictures.push({ pieces, plain })
  }
  return pictures
}

/** Init and segments as they leave encrypted, and in the clear. */
interface Pictures {
  readonly pieces: readonly Uint8Array[]
  readonly plain: readonly Uint8Array[]
}

/** The init segment with what protection brought taken out again. */
function clearInit(init: Uint8Array, original: string): Buffer {
  const stsd = 'moov/trak/mdia/minf/stbl/stsd'
  const name = protectedAs.find((one) => Buffer.from(init).includes(one)) ?? ''
  const open = rebox(
    rebox(init, 'moov/pssh', () => undefined),
    `${stsd}/${name}/sinf`,
    () => undefined,
  )
  return rebox(open, stsd, (payload) => {
    payload.write(original, 12, 'latin1')
    return payload
  })
}
const protectedAs = ['encv', 'enca']

/**
 * Slice, tile and frame headers can be read without a key, and are what they were. What is protected is blotted out:
 * there may be anything in it, and start codes lead FFmpeg astray.
 */
function expectSameHeaders(pictures: readonly Pictures[]): void {
  const traced = tracedHeaders(
    pictures.flatMap(({ pieces, plain }) => {
      const open = plain.slice(0, 3)
      return [open, [...open.slice(0, 1), ...blotted(pieces.slice(0, 3))]]
    }),
  )
  expect(traced).toHaveLength(2 * pictures.length)
  for (let i = 0; i < traced.length; i += 2) {
    const [theirs = [], mine = []] = traced.slice(i, i + 2)
    expect(mine.find((line, at) => line !== theirs[at])).toBeUndefined()
    expect(mine).toHaveLength(theirs.length)
    checked.headers += mine.length
  }
}

/** The segments with all that is protected overwritten. */
function blotted([init = new Uint8Array(), ...segments]: readonly Uint8Array[]): Uint8Array[] {
  const copies = segments.map((segment) => Uint8Array.from(segment))
  for (const { samples } of readCmafTrack({ init, segments: copies }).read?.fragments ?? [])
    for (const sample of samples)
      for (const [from, to] of guardedRanges(sample)) sample.bytes.fill(0x55, from, to)
  return copies
}
