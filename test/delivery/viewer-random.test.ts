/** The viewer-request function over requests nobody thought of: engines agree, and so do the libraries it repeats. */
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { liveSource } from '../../lib/channels/index.ts'
import { parseManifestPath } from '../../lib/delivery/manifest-path.ts'
import { filterRenditions } from '../../lib/delivery/selection/manifest-filter.ts'
import { edgeSources } from '../../lib/delivery/sources/edge-sources.ts'
import { sourceOf } from '../../lib/delivery/sources/source.ts'
import { HeadendError } from '../../lib/errors.ts'
import { storedPresentations } from '../../lib/presentations/index.ts'
import { parseMediaPath } from '../../lib/timeline/media-path.ts'
import { functionCode } from '../../scripts/build.ts'
import { type FunctionCase, type FunctionOutcome, njsMissing, runInNjs } from '../judges/njs.ts'
import { briefly, eventOf, key, long, runInRealm, session, signed } from './viewer-events.ts'

let code = ''
beforeAll(async () => {
  code = await functionCode('lambdas/delivery/viewer-request.js')
})

const absent = () => Promise.resolve(undefined)
const channels = liveSource({
  live: { head: absent, inits: absent, minutes: absent, hours: absent, hourBefore: absent } as never,
  now: () => 0,
})
const sources = [...edgeSources, storedPresentations(() => Promise.resolve(new Map()), absent), channels]

/** Whether a source has what a path names: where protected, films name a state of it, and presentations none. */
function isManifest(path: string): boolean {
  const name = parseManifestPath(path)
  if (!name || !sourceOf(sources, name.presentationId)) return false
  if (name.kind !== 'media' || !name.form) return true
  return (name.form.name !== '') === path.startsWith('vod/')
}

const seed = 20_261_130
const version = '0123456789abcdef'
const ready = { m: 'ready', 'k.1': key }

const oneOf = (...values: readonly string[]) => fc.constantFrom(...values)
const junk = fc.string({ unit: 'binary', maxLength: 12 })
const word = fc.oneof(
  { weight: 20, arbitrary: fc.constant('film') },
  { weight: 6, arbitrary: oneOf('film', 'other', 'a.b', '..', '.', 'a'.repeat(128)) },
  { weight: 1, arbitrary: junk },
)
const how = oneOf(
  'clear',
  'clear',
  'clear',
  'clear',
  'clear',
  'lead-10',
  'lead-2.5',
  'lead-0',
  'cenc-HD-0',
  'cbcs-ALL-12-seig',
  'cens-A-1',
  'cenc-HD-01',
  'cenc-KEYS-0',
  'cbcs-ID-0',
  'Clear',
  '',
)
const file = oneOf(
  '1.0.m4s',
  '2.0.m4s',
  '3.1.m4s',
  '10.3.vtt',
  '1.0-3072.m4s',
  '1.0-0.m4s',
  '1.0-3072.vtt',
  'i-1.mp4',
  '01.0.m4s',
  '1.m4s',
  'i-.mp4',
  '9'.repeat(16).concat('.0.m4s'),
  'live.m3u8',
  'w--.m3u8',
  'w1796194147-1796194247-9.m3u8',
  'w1-2.m3u8',
  'index.m3u8',
)
const track = oneOf('video-1', 'video-2', 'audio-2', 'text-1', 'text-', 'texture', '')
const state = oneOf('', `${version}-cbcs/`, `${version}-cenc-identity/`, 'x/')
const path = fc.oneof(
  fc
    .tuple(how, oneOf('vod', 'vod', 'vod', 'live'), word, track, file)
    .map(([a, b, c, d, e]) => `/media/${a}/${b}/${c}/${version}/${d}/${e}`),
  fc
    .tuple(oneOf('vod', 'live'), word, oneOf('index.m3u8', 'index.mpd', 'index'))
    .map((parts) => `/${parts.join('/')}`),
  fc
    .tuple(oneOf('vod', 'vod', 'live'), word, state, track)
    .map(([a, b, c, d]) => `/${a}/${b}/${version}/${c}${d}.m3u8`),
)
/** A path with something in the wrong place. */
const anyPath = fc.oneof(
  { weight: 12, arbitrary: path },
  {
    weight: 2,
    arbitrary: fc
      .tuple(path, fc.nat(80), fc.nat(2), oneOf('', '/', '%', '.', '%2e', '//', '\u0000', 'é'))
      .map(([text, at, less, more]) => text.slice(0, at + 1) + more + text.slice(at + 1 + less)),
  },
  { weight: 1, arbitrary: junk.map((text) => `/${text}`) },
)

const payload = fc.oneof(
  fc.json(),
  junk,
  fc
    .record(
      {
        c: oneOf('vod/film', 'vod/other', ''),
        e: fc.constantFrom(long.hence, long.ago, 'x', null),
        s: oneOf('s1', '', 'revoked'),
      },
      { requiredKeys: [] },
    )
    .map((claims) => JSON.stringify(claims)),
)
const token = fc.oneof(
  {
    weight: 4,
    arbitrary: oneOf(
      session(),
      session('vod/other'),
      session('vod/film', long.ago),
      session('vod/film', long.hence, 'revoked'),
      session('vod/film', long.hence, 'revoked'),
    ),
  },
  { weight: 2, arbitrary: payload.map((text) => signed(text)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.nat(120), junk)
      .map(([at, text]) => session().slice(0, at) + text + session().slice(at + 1)),
  },
  { weight: 1, arbitrary: junk },
)

const range = fc
  .tuple(fc.nat(3000), fc.nat(3000), oneOf('-', '-', '', '.5-'))
  .map(([from, to, between]) => `${from}${between}${between ? to : ''}`)
const filterPart = fc.tuple(
  oneOf(
    'video_height',
    'video_bitrate',
    'audio_language',
    'video_codec',
    'trickplay_type',
    'VIDEO_framerate',
    'constructor',
    '',
  ),
  oneOf(':', ':', ':', ':', '', '::'),
  fc.array(
    fc.oneof(range, oneOf('en', 'fr', 'h264', 'h265', 'none', '', ' de ', 'EN-us', '1e3', '2147483648')),
    { minLength: 1, maxLength: 3 },
  ),
)
const goodPart = oneOf(
  'video_height:1-720',
  'VIDEO_HEIGHT: 720 ,0360-360,1.50-2',
  'audio_language:fr,en, fr',
  'video_bitrate:0-2000000.0',
  'video_codec:h265,h264',
  'trickplay_type:none',
  'audio_channels:1-6',
)
const filter = fc
  .oneof(
    fc.array(goodPart, { minLength: 1, maxLength: 3 }),
    fc.array(
      filterPart.map(([a, b, c]) => a + b + c.join(',')),
      { minLength: 1, maxLength: 3 },
    ),
  )
  .map((parts) => parts.join(';'))
const escaped = (text: string): string => encodeURIComponent(text.toWellFormed())
const value = fc.oneof(
  oneOf('tv', 'TV', 'phone', 'toaster', 'cbcs', 'cenc', 'identity', '%', '%zz', '%e2%82', '+', ''),
  filter,
  filter.map(escaped),
  junk,
)
const names = ['device', 'scheme', 'keyformat', 'aws.manifestfilter', 'patch', 'start', 'time_delay', 'x', '']
const pair = fc.oneof(
  fc.tuple(fc.constant('aws.manifestfilter'), filter.map(escaped)),
  fc.tuple(fc.constant('device'), oneOf('tv', 'TV', '%74v', 'toaster')),
  fc.tuple(oneOf(...names), value),
)
const query = fc
  .array(pair, { maxLength: 3 })
  .map((pairs) => pairs.map(([name, text]) => `${name}=${text.replaceAll(/[&#?]/g, '')}`).join('&'))

const stores = fc.record(
  {
    m: oneOf('ready', 'pending', ''),
    'k.1': oneOf(key, `${key} 99`, 'gone'),
    'p.vod/film': oneOf('1', '0', 'lead-10', 'x', ''),
    'r.revoked': oneOf('1'),
  },
  { requiredKeys: [] },
)
const failing = fc.oneof(
  { weight: 5, arbitrary: fc.constant<string[]>([]) },
  fc.subarray(['m', 'k.', 'p.', 'r.']),
)
const request: fc.Arbitrary<FunctionCase> = fc
  .record({
    prefix: fc.option(token, { freq: 3, nil: undefined }),
    path: anyPath,
    query,
    method: oneOf(...Array<string>(12).fill('GET'), 'HEAD', 'OPTIONS'),
    store: fc.oneof(
      fc.constant({ ...ready, 'r.revoked': '1' }),
      fc.constant({ ...ready, 'p.vod/film': '1', 'p.vod/other': 'lead-10' }),
      stores,
    ),
    failing,
  })
  .map(({ prefix, path: asked, query: q, method, store, failing: fails }) => ({
    // Half a surrogate pair is no text: nothing can send one, and njs does not come back from it.
    event: eventOf(
      `${prefix === undefined ? '' : `/s/${prefix}`}${asked.replaceAll('?', '')}${q && `?${q}`}`.toWellFormed(),
      method,
    ),
    store: store as Readonly<Record<string, string>>,
    failing: fails,
  }))

const cases = fc.sample(request, { seed, numRuns: 10_000 })
describe('10,000 random requests', () => {
  let outcomes: readonly FunctionOutcome[] = []
  beforeAll(() => {
    outcomes = runInRealm(code, cases)
  })

  it('are answered or let through, never left to an error, with few reads of the store', () => {
    expect(outcomes.filter(({ threw }) => threw !== undefined)).toEqual([])
    expect(Math.max(...outcomes.map(({ reads }) => reads))).toBeLessThanOrEqual(5)
    // They are no test if nearly all of them end at the first check.
    const kinds = new Map<string, number>()
    for (const outcome of outcomes) {
      const kind = briefly(outcome).replace(/^\/.*/, 'let through')
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
    }
    for (const kind of [
      'let through',
      '204',
      '503 EDGE_STATE',
      '403 SESSION_MISSING',
      '403 SESSION_REVOKED',
      '403 MEDIA_PROTECTION',
      '404 MEDIA_UNKNOWN',
      '400 QUERY_REPEATED',
      '400 FILTER_RANGE',
    ])
      expect(kinds.get(kind) ?? 0, kind).toBeGreaterThanOrEqual(10)
  })

  it.skipIf(njsMissing)(`get the same answer from njs${njsMissing ? ` (${njsMissing})` : ''}`, () => {
    const there = runInNjs(code, cases)
    const apart = cases.flatMap((one, i) =>
      isDeepStrictEqual(outcomes[i], there[i]) ? [] : [{ one, fast: outcomes[i], there: there[i] }],
    )
    expect(apart.slice(0, 3)).toEqual([])
    expect(there).toHaveLength(10_000)
  })
})

describe('the viewer-request function', () => {
  const outcomeOf = (targets: readonly string[], store: Readonly<Record<string, string>> = ready) =>
    runInRealm(
      code,
      targets.map((target) => ({ event: eventOf(target), store })),
    ).map(briefly)

  it('lets through the paths that the packager and the printers read, and no others', () => {
    const paths = fc
      .sample(anyPath, { seed, numRuns: 2000 })
      .map((text) => text.replaceAll('?', '').toWellFormed())
    const steps = (text: string): boolean => text.split('/').some((part) => part === '.' || part === '..')
    const expected = paths.map(
      (text) => !steps(text) && (parseMediaPath(text.slice(1)) !== undefined || isManifest(text.slice(1))),
    )
    const got = outcomeOf(paths).map((brief) => !brief.startsWith('404'))
    expect(paths.filter((_, i) => got[i] !== expected[i])).toEqual([])
    expect(expected.filter(Boolean).length).toBeGreaterThan(250)
  })

  it('refuses the filters that the printers refuse, by the same code, and changes the meaning of none', () => {
    const filters = fc.sample(filter, { seed, numRuns: 1500 })
    const codeOf = (text: string): string => {
      try {
        filterRenditions([], text)
        return 'none'
      } catch (error) {
        return error instanceof HeadendError ? error.code : String(error)
      }
    }
    const briefs = outcomeOf(
      filters.map((text) => `/vod/film/index.m3u8?aws.manifestfilter=${escaped(text)}`),
    )
    const got = briefs.map((brief) => /^400 (\w+)/.exec(brief)?.[1] ?? 'none')
    expect(filters.filter((text, i) => got[i] !== codeOf(text))).toEqual([])
    expect(got.filter((one) => one === 'none').length).toBeGreaterThan(150)
    // Folded once is folded: what is let through is its own canonical form.
    const passed = briefs.filter((brief) => brief.startsWith('/'))
    expect(outcomeOf(passed)).toEqual(passed)
  })
})
