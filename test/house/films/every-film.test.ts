/**
 * Every film there is: what can play is read back through both manifests, packet by packet, by programs that are
 * not ours, and is the same in bytes and in time; what can not play is refused with the reason.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HeadendError } from '../../../lib/errors.ts'
import type { Track } from '../../../lib/timeline/timeline.ts'
import { checkPresentation } from '../../judges/cmaf/presentation.ts'
import { corpusMissing } from '../../judges/corpus.ts'
import { asOneFile } from '../../judges/media/one-file.ts'
import type { Packet } from '../../judges/media/packets.ts'
import { probeStreams, readStreams, type Stream } from '../../judges/media/streams.ts'
import { probeUpload } from '../../judges/media/uploads.ts'
import { fetchStretch, type ReadManifest, readDash, readHls } from '../../judges/read-manifests.ts'
import { ffmpegMissing } from '../ffmpeg.ts'
import { openScreening, type Screened, type ScreenedFile, type Screening } from '../screening.ts'
import { corpusFilms, listed } from './corpus-films.ts'
import { type EveryFilm, everyFilm } from './every-film.ts'
import { expectAlike, expectClean } from './expect-manifests.ts'

const folder = mkdtempSync(join(tmpdir(), 'headend-every-film-'))
let screening: Screening
beforeAll(async () => {
  screening = await openScreening()
})
afterAll(() => {
  screening.close()
  rmSync(folder, { recursive: true })
})

const missing = (film: EveryFilm): string | undefined =>
  corpusFilms.includes(film) ? corpusMissing : ffmpegMissing
const plays = everyFilm.filter(({ refused }) => refused === undefined)
const refused = everyFilm.filter((film) => film.refused !== undefined)

describe('the corpus', () => {
  it.skipIf(corpusMissing !== undefined)('has no file that is in no film without a reason', () => {
    const { files, noFilms } = listed()
    const spoken = [...corpusFilms.flatMap(({ needs }) => needs), ...noFilms.map(({ file }) => file)]
    expect(spoken.toSorted()).toEqual(files.toSorted())
  })
})

describe('read back through both manifests', () => {
  it.for(plays)('$name', async (film, { skip }) => {
    skip(missing(film) !== undefined, missing(film))
    const files = await film.files()
    const shown = await screening.show(`film-${everyFilm.indexOf(film)}`, files)
    const leftOut = shown.films.skipped.map(({ code }) => code)
    expect(leftOut).toEqual(film.leftOut ?? [])
    const [hls, dash] = [await readHls(shown.hls), await readDash(shown.dash)]
    await expectClean(film, hls, dash)
    expect((await checkPresentation(shown.dash)).broken).toEqual([])
    await expectAlike(hls, dash)
    await expectKept(film, files, { shown, hls })
  })
})

describe('refused with the reason', () => {
  it.for(refused)('$name', async (film, { skip }) => {
    skip(missing(film) !== undefined, missing(film))
    const fault = await screening.show('refused', await film.files()).catch((error: unknown) => error)
    expect(fault).toBeInstanceOf(HeadendError)
    if (!(fault instanceof HeadendError)) return
    expect(fault.code).toBe(film.refused)
    expect(fault.status).toBeLessThan(500)
    if (film.because) expect(fault.message).toContain(film.because)
  })
})

/** A delivered track as both programs read it. */
interface Delivered {
  readonly track: Track
  readonly read: Packet[]
  readonly probed: Packet[]
}

async function expectKept(
  film: EveryFilm,
  files: readonly ScreenedFile[],
  { shown, hls }: { readonly shown: Screened; readonly hls: ReadManifest },
): Promise<void> {
  const { tracks } = shown.films.timeline
  const played = tracks.filter(({ type, trickOf }) => ['video', 'audio'].includes(type) && !trickOf)
  expect(hls.tracks.size).toBe(played.length)
  const wanted = film.samples ? [{ file: film.samples() }] : files
  const uploads = await Promise.all(wanted.map(({ file }, i) => uploadOf(film, file, `upload-${i}.mp4`)))
  const early: number[] = []
  for (const delivered of await allDelivered(played, hls)) {
    const { track } = delivered
    const source = uploads.map((streams) => sourceOf(streams, delivered)).find((one) => one !== undefined)
    if (!source) throw new Error(`${film.name} ${track.id}: no stream of the upload holds its packets`)
    early.push(expectSame(film, delivered, source))
  }
  // A clock that began before the film is taken off all of it alike.
  for (const one of early) expect(one).toBeCloseTo(early[0] ?? Number.NaN, 3)
  if (!film.fragmented) expect(early[0]).toBeCloseTo(0, 3)
}

/** What both programs say is in an upload. */
interface Upload {
  readonly read: readonly Stream[]
  readonly probed: readonly Stream[]
}

async function uploadOf(film: EveryFilm, file: string | Uint8Array, name: string): Promise<Upload> {
  const bytes = typeof file === 'string' ? readFileSync(file) : file
  const path = typeof file === 'string' ? file : join(folder, name)
  if (typeof file !== 'string') writeFileSync(path, file)
  return { read: film.unreadByMediabunny ? [] : await readStreams(bytes), probed: await probeUpload(path) }
}

/** All tracks; ffprobe, which takes long to start, is asked once and finds their stretches in one file. */
async function allDelivered(played: readonly Track[], hls: ReadManifest): Promise<Delivered[]> {
  const stretches: { readonly track: Track; readonly bytes: Uint8Array }[] = []
  for (const [directory, pieces] of hls.tracks) {
    const track = played.find(({ id }) => directory.endsWith(`/${id}`))
    if (!track) throw new Error(`${directory}: a track nobody made`)
    for (const piece of pieces) stretches.push({ track, bytes: await fetchStretch(piece) })
  }
  const path = join(folder, 'delivered.mp4')
  writeFileSync(path, asOneFile(stretches.map(({ bytes }) => bytes)))
  const probed = await probeStreams(path)
  expect(probed.map(({ type }) => type)).toEqual(stretches.map(({ track }) => track.type))
  const delivered = new Map<Track, Delivered>(played.map((track) => [track, { track, read: [], probed: [] }]))
  for (const [i, { track, bytes }] of stretches.entries()) {
    const all = delivered.get(track)
    all?.read.push(...((await readStreams(bytes))[0]?.packets ?? []))
    all?.probed.push(...(probed[i]?.packets ?? []))
  }
  for (const one of delivered.values())
    expect(one.probed.map(({ md5 }) => md5)).toEqual(one.read.map(({ md5 }) => md5))
  return [...delivered.values()]
}

/** The stream of an upload that holds the packets, from where on. */
interface Source {
  readonly read?: readonly Packet[]
  readonly probed: readonly Packet[]
}

function sourceOf({ read, probed }: Upload, { track, read: got }: Delivered): Source | undefined {
  const holds = ({ type, packets }: Stream): boolean =>
    type === track.type && packets.some((_, i) => startsAt(packets, i, got))
  const stream = probed.find(holds)
  const other = read.find(holds)
  return stream && { probed: stream.packets, ...(other && { read: other.packets }) }
}

/** The first packets are these; how many of them are there is another question. */
const startsAt = (packets: readonly Packet[], at: number, wanted: readonly Packet[]): boolean =>
  wanted.slice(0, 20).every(({ md5 }, i) => at + i >= packets.length || md5 === packets[at + i]?.md5)

/** A quarter of a picture. */
const hiddenSeconds = 0.01

/** Bytes and times of all packets; gives how much earlier they are shown than in the upload. */
function expectSame(film: EveryFilm, { track, read, probed }: Delivered, source: Source): number {
  const tick = 1 / track.timescale + 3e-6
  const starts: number[] = []
  for (const [got, wanted] of [
    [read, source.read],
    [probed, source.probed],
  ] as const) {
    if (!wanted) {
      expect(film.unreadByMediabunny).toBeDefined()
      continue
    }
    const at = wanted.findIndex((_, i) => startsAt(wanted, i, got))
    // ffprobe leaves out what an edit list hides, and we what nobody needs of it.
    const length = Math.min(got.length, wanted.length - at)
    const [ours, theirs] = [got.slice(0, length), wanted.slice(at, at + length)]
    expect(ours.map(({ md5 }) => md5)).toEqual(theirs.map(({ md5 }) => md5))
    const early = (theirs.at(-1)?.seconds ?? 0) - (ours.at(-1)?.seconds ?? 0)
    for (const [i, { seconds }] of ours.entries()) {
      const wantedAt = theirs[i]?.seconds ?? 0
      // Pictures that are hidden in front of an edit are over before the first one is seen.
      const isHidden = track.type === 'video' && wantedAt - early < 0
      if (isHidden) expect(seconds).toBeLessThan(hiddenSeconds)
      else expect(Math.abs(seconds + early - wantedAt)).toBeLessThanOrEqual(tick)
    }
    starts.push(early)
    if (wanted === source.read && !film.samples && !film.leftOut?.includes('PACKAGING_MEDIA_HIDDEN'))
      expect(got).toHaveLength(wanted.length)
  }
  return starts[0] ?? 0
}
