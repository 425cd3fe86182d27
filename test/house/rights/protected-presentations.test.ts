/**
 * Every film protected, each way of keys with each scheme: both manifests keep all rules, say the same of keys and segments,
 * and the segments are what they say. Every way of all in `npm run soak -- --project players`.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EncryptedPolicy } from '../../../lib/rights/index.ts'
import { combinations, isWhole } from '../../browser/matrix.ts'
import { checkPresentation } from '../../judges/cmaf/presentation.ts'
import { corpusMissing } from '../../judges/corpus.ts'
import { mpdProtectionRules } from '../../judges/dash/protection-rules.ts'
import { keyRules, keyRunsOf, sessionKeyRules } from '../../judges/hls/key-rules.ts'
import { unquote } from '../../judges/hls/lexer.ts'
import { judge, tagsNamed } from '../../judges/hls/playlist.ts'
import { protectionOf, type TrackProtection } from '../../judges/media/decrypt.ts'
import { type ReadManifest, readDash, readHls } from '../../judges/read-manifests.ts'
import { childrenOf, treeOf } from '../../judges/xml-tree.ts'
import { ffmpegMissing } from '../ffmpeg.ts'
import { corpusFilms } from '../films/corpus-films.ts'
import { type EveryFilm, everyFilm } from '../films/every-film.ts'
import { expectAlike, expectClean } from '../films/expect-manifests.ts'
import { openScreening, type Screened, type Screening } from '../screening.ts'
import { filmRights } from './film-rights.ts'

let screening: Screening
beforeAll(async () => {
  screening = await openScreening()
})
afterAll(() => screening.close())

const missing = (film: EveryFilm): string | undefined =>
  corpusFilms.includes(film) ? corpusMissing : ffmpegMissing
/** Nothing in it can be protected. */
const unprotectable = 'mp4/bbb_800x640_768kbps_30fps_vp9.mp4'
const films = everyFilm.filter(
  ({ refused, leavesAs, name }) => refused === undefined && leavesAs === undefined && name !== unprotectable,
)

const schemes = ['cenc', 'cbcs'] as const
type Scheme = (typeof schemes)[number]
const policy: EncryptedPolicy = {
  mode: 'encrypted',
  schemes: [...schemes],
  systems: ['clearkey', 'widevine', 'playready', 'fairplay'],
  keys: 'shared',
  hdcp: 'TYPE-0',
}
/** Neither 10 nor 12 seconds are a whole number of most films' segments; none stands for keys that stay. */
const ways = combinations({ scheme: schemes, keys: ['shared', 'perType'], rotationSeconds: ['none', 12, 10] })
const policiesUnder = (scheme: Scheme): readonly EncryptedPolicy[] =>
  ways
    .filter((way) => way.scheme === scheme)
    .map(({ keys, rotationSeconds }) => ({
      ...policy,
      keys,
      ...(rotationSeconds !== 'none' && { rotationSeconds }),
    }))

const shownFilms = new Map<EveryFilm, Promise<Screened>>()

/** The film, indexed for all schemes at once. */
function shownOnce(film: EveryFilm): Promise<Screened> {
  const known = shownFilms.get(film) ?? show(film)
  shownFilms.set(film, known)
  return known
}

const show = async (film: EveryFilm): Promise<Screened> =>
  screening.show(`film-${everyFilm.indexOf(film)}`, await film.files())

describe.each(schemes)('%s', (scheme) => {
  it.for(films)('$name', async (film, { skip }) => {
    skip(missing(film) !== undefined, missing(film))
    const shown = await shownOnce(film)
    for (const way of policiesUnder(scheme)) {
      const rights = await filmRights(shown.films, way)
      shown.protect(rights)
      const [hls, dash] = await manifestsOf(shown, scheme)
      await expectClean({ ...film, ...endsApart(shown) }, hls, dash)
      await expectAlike(hls, dash)
      const inits = await initsOf(hls)
      expectHlsKeys(hls, inits)
      expectDashKeys(dash)
      const kids = new Set([...inits.values()].map(({ kid }) => kid))
      for (const kid of kids) expect(rights.keys.has(kid)).toBe(true)
      for (const how of inits.values()) expect(how.scheme).toBe(scheme)
    }
    // Segments of one scheme a film are looked into, of the other's those of its neighbours.
    if (!isWhole && films.indexOf(film) % schemes.length !== schemes.indexOf(scheme)) return
    const { broken, pieces } = await checkPresentation(`${shown.dash}?scheme=${scheme}`)
    expect(broken).toEqual([])
    expect(pieces).toBeGreaterThan(0)
    // Of a film of a second much lies outside of what is shown.
    const seconds = shown.films.timeline.sealedThrough / shown.films.timeline.timescale
    if (seconds > 2) await expectRates((await manifestsOf(shown, scheme))[0], film)
  })
})

it.skipIf(corpusMissing !== undefined)(
  'of a film nothing can be protected of, nothing is shown',
  async () => {
    const film = everyFilm.find(({ name }) => name === unprotectable)
    const shown = await screening.show('unprotectable', (await film?.files()) ?? [])
    shown.protect(await filmRights(shown.films, policy))
    for (const url of [shown.hls, shown.dash]) {
      const answer = await fetch(url)
      expect(answer.status).toBe(404)
      expect(await answer.json()).toMatchObject({ error: { code: 'PROTECTION_CODEC' } })
    }
  },
)

/** What is less than a segment of the whole film is much of its last Period. */
function endsApart({ films: { timeline } }: Screened): Pick<EveryFilm, 'endsApart'> {
  const ends = timeline.tracks
    .filter(({ type }) => type === 'video' || type === 'audio')
    .map(({ segments, timescale }) => {
      const last = segments.at(-1)
      return last ? (last.start + last.duration) / timescale : 0
    })
  return { endsApart: Math.max(...ends) - Math.min(...ends) > 0.5 }
}

async function manifestsOf(
  shown: Screened,
  scheme: Scheme,
): Promise<[hls: ReadManifest, dash: ReadManifest]> {
  return [await readHls(`${shown.hls}?scheme=${scheme}`), await readDash(`${shown.dash}?scheme=${scheme}`)]
}

/** What each init segment of the playlists says of protection, by URL. */
async function initsOf({ tracks }: ReadManifest): Promise<Map<string, TrackProtection>> {
  const urls = new Set([...tracks.values()].flat().map(({ init }) => init))
  const inits = new Map<string, TrackProtection>()
  for (const url of urls) inits.set(url, protectionOf(new Uint8Array(await (await fetch(url)).arrayBuffer())))
  return inits
}

/** Keys are complete, change with the init segments, and are those the init segments name. */
function expectHlsKeys({ texts }: ReadManifest, inits: ReadonlyMap<string, TrackProtection>): void {
  const [[, main] = ['', ''], ...playlists] = Object.entries(texts)
  expect(
    sessionKeyRules(
      main,
      playlists.map(([, text]) => text),
    ),
  ).toEqual([])
  for (const [url, text] of playlists) {
    expect(keyRules(text)).toEqual([])
    for (const { keys, kid, maps } of keyRunsOf(text))
      for (const map of maps) {
        const how = inits.get(new URL(map, url).href)
        // Subtitles are never encrypted; key frames for winding have inits of their own.
        if (!how) continue
        expect(kid).toBe(how.kid)
        for (const { attributes } of keys) {
          const iv = attributes.get('IV')?.slice(2)
          expect(iv).toBe(how.constantIv && Buffer.from(how.constantIv).toString('hex'))
        }
      }
  }
}

/** One key in all Periods in which it is in force, and one in each set. */
function expectDashKeys({ texts }: ReadManifest): void {
  for (const text of Object.values(texts)) {
    const mpd = treeOf(text)
    if (!mpd) throw new Error('not well-formed')
    expect(mpdProtectionRules(mpd)).toEqual([])
    const kids = new Map<string, string>()
    for (const period of childrenOf(mpd, 'Period'))
      for (const set of childrenOf(period, 'AdaptationSet')) {
        if (set.attributes['contentType'] === 'text') continue
        const kid = childrenOf(set, 'ContentProtection')[0]?.attributes['default_KID'] ?? 'none'
        const paths = JSON.stringify(set.children.map(everyAttribute)).matchAll(/media\/(\w+-\w+-\d+)\//g)
        for (const [, how = ''] of paths) {
          expect(kids.get(how) ?? kid).toBe(kid)
          kids.set(how, kid)
        }
      }
    expect(new Set(kids.values()).size).toBe(kids.size)
  }
}

const everyAttribute = (tree: Parameters<typeof childrenOf>[0]): unknown => [
  tree?.attributes,
  tree?.children.map(everyAttribute),
]

/** Rates are those of the encrypted segments: never less than the peak, nor far from the mean. */
async function expectRates({ texts }: ReadManifest, film: EveryFilm): Promise<void> {
  const [[url, text] = ['', ''], ...playlists] = Object.entries(texts)
  const rates = new Map<string, Rate>()
  for (const [at, media] of playlists) rates.set(at, await rateOf(media, at))
  const main = judge(text)
  const rateAt = (uri: string | undefined): Rate =>
    rates.get(new URL(unquote(uri) ?? '', url).href) ?? nothing
  const groups = tagsNamed(main, 'EXT-X-MEDIA').filter(({ attributes }) => attributes.get('TYPE') === 'AUDIO')
  const lines = main.lines
  for (const { tag, attributes, number } of main.tags) {
    const isVariant = tag === 'EXT-X-STREAM-INF'
    if (!isVariant && tag !== 'EXT-X-I-FRAME-STREAM-INF') continue
    const uri = isVariant
      ? lines.find((line) => line.kind === 'uri' && line.number > number)?.text
      : attributes.get('URI')
    const own = rateAt(uri)
    const members = groups
      .filter((one) => one.attributes.get('GROUP-ID') === attributes.get('AUDIO'))
      .map((one) => rateAt(one.attributes.get('URI')))
    // Sound alone is its own group; pictures without their sound say the same rates as with it.
    const isSilent = isVariant && !attributes.has('AUDIO')
    const heard = isSilent
      ? groups.map((one) => rateAt(one.attributes.get('URI')))
      : attributes.has('RESOLUTION')
        ? members
        : []
    const [peak, average] = (['peak', 'average'] as const).map(
      (name) => own[name] + Math.max(0, ...heard.map((one) => one[name])),
    )
    const [saidPeak, saidAverage] = ['BANDWIDTH', 'AVERAGE-BANDWIDTH'].map((name) =>
      Number(attributes.get(name)),
    )
    const which = `${film.name} ${tag} ${uri}`
    expect(saidPeak, which).toBeGreaterThanOrEqual(Math.floor(peak ?? 0))
    // Eight slices a picture are allowed for, and a key frame for winding each second.
    const frameRate = Math.min(120, Number(attributes.get('FRAME-RATE') ?? 1))
    expect(saidPeak, which).toBeLessThan(1.1 * (peak ?? 0) + 8 * (48 * frameRate + 100))
    expect((saidAverage ?? 0) / (average ?? 1), which).toBeGreaterThan(0.95)
    expect((saidAverage ?? 0) / (average ?? 1), which).toBeLessThan(1.1)
  }
}

interface Rate {
  readonly peak: number
  readonly average: number
}
const nothing: Rate = { peak: 0, average: 0 }

/** RFC 8216bis 4.1: of any run of segments between half and one and a half target durations. */
async function rateOf(text: string, at: string): Promise<Rate> {
  const { segments, tags } = judge(text)
  const target = Number(tags.find(({ tag }) => tag === 'EXT-X-TARGETDURATION')?.value)
  const bits: number[] = []
  for (const { uri } of segments) {
    const { headers } = await fetch(new URL(uri, at), { method: 'HEAD' })
    bits.push(Number(headers.get('content-length')) * 8)
  }
  let peak = 0
  for (const [i] of segments.entries()) {
    let [sum, seconds] = [0, 0]
    for (let j = i; j < segments.length; j++) {
      sum += bits[j] ?? 0
      seconds += segments[j]?.seconds ?? 0
      if (seconds > 1.5 * target) break
      if (seconds >= 0.5 * target) peak = Math.max(peak, sum / seconds)
    }
  }
  const seconds = segments.reduce((sum, one) => sum + one.seconds, 0)
  const average = bits.reduce((sum, one) => sum + one, 0) / seconds
  return { peak: Math.max(peak, average), average }
}
