/**
 * AWS has bad days while players play: what is protected stays closed, caches keep whole segments alone, and a player
 * goes on or says what stopped it.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cachedKeyMs } from '../../lib/api/sessions/keys.ts'
import { invalidate } from '../../lib/platform/aws/invalidation.ts'
import type { FaultRule } from '../../local/faults/index.ts'
import { settled } from '../house/assets.ts'
import { ffmpegFilm, ffmpegMissing } from '../house/ffmpeg.ts'
import { type InProcess, startInProcess } from '../house/in-process.ts'
import { askApi } from '../house/operator-api.ts'
import { replaceEdgeStore, sweepNow } from '../house/rights/edge-store.ts'
import { type Prober, startProber } from '../house/rights/leak-prober.ts'
import { type ReadManifest, readDash, readHls } from '../judges/read-manifests.ts'
import { browserMissing, launch } from './chromium.ts'
import { isPlayedOut, isStill, type PlayedOut, playOut, wrongIn } from './play-out.ts'
import { type Drm, playerPages } from './player.ts'

/** Longer than any player waits before it asks again. */
const maxStillMs = 15_000
/** Players are given a minute, twice; a loaded machine needs it. */
const patienceMs = 300_000
const missing = browserMissing ?? ffmpegMissing
const policy = { mode: 'encrypted', schemes: ['cenc', 'cbcs'], systems: ['clearkey'] }
const words =
  '-f lavfi -i testsrc2=size=320x180:rate=25:duration=20 -f lavfi -i sine=frequency=440:sample_rate=48000:duration=20 ' +
  '-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 50 -keyint_min 50 -sc_threshold 0 -c:a aac -b:a 64k'
const manifests: Readonly<Record<string, string>> = {
  'hls.js': 'm3u8?scheme=cbcs',
  'shaka-dash': 'mpd?scheme=cenc',
  'dash.js': 'mpd?scheme=cenc',
}
const seats = (['hls.js', 'shaka-dash', 'dash.js'] as const).flatMap((player) =>
  (['sealed', 'open'] as const).map((film) => ({ player, film })),
)

/** What goes wrong, never in all calls: the rest is what players go on with. */
const badDays: readonly { readonly name: string; readonly rules: readonly FaultRule[] }[] = [
  {
    name: 'tables are throttled',
    rules: [
      { service: 'dynamodb', kind: 'throttle', share: 0.5 },
      { service: 'lambda', operation: 'run', kind: 'kill', share: 0.1 },
    ],
  },
  { name: 'S3 asks to slow down', rules: [{ service: 's3', kind: 'throttle', share: 0.4 }] },
  {
    name: 'KMS fails, and functions begin anew',
    rules: [
      { service: 'kms', kind: 'internal', times: 4 },
      { service: 'lambda', operation: 'run', kind: 'kill', share: 0.3 },
    ],
  },
  {
    name: 'the edge can not read its store',
    rules: [{ service: 'cloudfront-keyvaluestore', operation: 'edge', kind: 'internal', share: 0.3 }],
  },
  {
    name: 'functions are killed before and within their answers',
    rules: [
      { service: 'lambda', operation: 'run', kind: 'kill', share: 0.15 },
      { service: 'lambda', operation: 'run', kind: 'kill', share: 0.25, delayMs: 15 },
    ],
  },
  {
    name: 'connections are reset',
    rules: [
      { service: 's3', kind: 'reset', share: 0.3 },
      { service: 'dynamodb', kind: 'reset', share: 0.2 },
      { service: 'connection', operation: 'reuse', kind: 'reset', share: 0.2 },
    ],
  },
]

let house: InProcess
let browser: Browser
let pages: { readonly url: string; readonly server: Server }
let prober: Prober
let session = ''
/** Clear media of the protected film, asked for before it was protected and not. */
let cached: readonly string[]
let uncached: readonly string[]
/** What caches gave of each path after each bad day, by its hash. */
const kept = new Map<string, Map<string, string>>()

const root = (): string => house.outputs['PlaybackUrl'] ?? ''
const api = async (method: string, path: string, body?: object): Promise<unknown> => {
  const response = await askApi(house, method, path, body)
  const text = await response.text()
  expect(response.status, `${method} ${path} ${text}`).toBeLessThan(300)
  return JSON.parse(text)
}

async function openSession(): Promise<string> {
  const asked = { content: 'vod/sealed', ttlSeconds: 3600 }
  const { token } = (await api('POST', '/v1/sessions', asked)) as { token: string }
  return `${root()}/s/${token}`
}

async function licence(): Promise<Drm> {
  const { token } = (await api('POST', '/v1/tokens', { content: 'vod/sealed', account: 'a' })) as {
    token: string
  }
  const { keys } = (await api('GET', '/v1/assets/sealed/protection/keys')) as { keys: { kid: string }[] }
  const kids = keys.map(({ kid }) => Buffer.from(kid, 'hex').toString('base64url'))
  return { licenceUrl: `${house.outputs['LicenceUrl']}/clearkey`, token, kids }
}

const mediaOf = ({ tracks }: ReadManifest): readonly string[] =>
  [...tracks.values()].flat().flatMap(({ init, segments }) => [init, ...segments.map(({ url }) => url)])

beforeAll(async () => {
  if (missing === undefined) await prepare()
})

/** Two films, one of them protected when caches had it in the clear, and one who asks for that without end. */
async function prepare(): Promise<void> {
  // Nobody tells the caches to forget what was clear, so that they hold it all along and the edge alone stands before.
  ;[house, browser, pages] = await Promise.all([startInProcess(forgetNothing), launch(), playerPages()])
  const film = readFileSync(ffmpegFilm(words))
  for (const id of ['sealed', 'open']) {
    await house.upload(`vod/${id}/film.mp4`, film)
    await house.upload(`vod/${id}/asset.json`, Buffer.from(JSON.stringify({ files: ['film.mp4'] })))
    expect((await settled(house, id)).state).toBe('ready')
  }
  const at = `${root()}/vod/sealed/index`
  const clear = [...mediaOf(await readHls(`${at}.m3u8`)), ...mediaOf(await readDash(`${at}.mpd`))]
  const paths = [...new Set(clear)].map((url) => url.replace(root(), ''))
  cached = paths.filter((_, i) => i % 3 > 0)
  uncached = paths.filter((_, i) => i % 3 === 0)
  for (const path of cached) expect((await fetched(root() + path)).status).toBe(200)
  await api('PUT', '/v1/assets/sealed/protection', policy)
  session = await openSession()
  // Manifests are kept for seconds.
  while (!(await (await fetch(`${session}/vod/sealed/index.mpd`)).text()).includes('ContentProtection'))
    await sleep(300)
  prober = startProber({
    root: root(),
    closed: [...cached, ...uncached],
    manifests: Object.values(manifests).map((ending) => `/vod/sealed/index.${ending}`),
    session: () => session,
    everyMs: 200,
  })
}

afterAll(async () => {
  await prober?.stop()
  await browser?.close()
  pages?.server.close()
  await house?.stop()
})

function forgetNothing(resources: Parameters<NonNullable<Parameters<typeof startInProcess>[0]>>[0]): void {
  const isOther = (action: unknown) => action !== 'cloudfront:CreateInvalidation'
  for (const { Type, Properties } of Object.values(resources)) {
    if (Type !== 'AWS::IAM::Policy') continue
    const document = Properties['PolicyDocument'] as { Statement: { Action: string | string[] }[] }
    document.Statement = document.Statement.map((one) => ({
      ...one,
      Action: [one.Action].flat().filter(isOther),
    })).filter(({ Action }) => Action.length > 0)
  }
}

interface Answer {
  readonly status: number
  readonly cache: string
  readonly hash: string
}

/** A whole answer; one that is cut off throws. */
async function fetched(url: string): Promise<Answer> {
  const response = await fetch(url)
  const bytes = new Uint8Array(await response.arrayBuffer())
  return {
    status: response.status,
    cache: response.headers.get('x-cache') ?? '',
    hash: `${bytes.length} ${createHash('sha256').update(bytes).digest('hex')}`,
  }
}

/** All that players ask for has to be made anew; what was clear stays in caches. Gives the URL that was asked meanwhile. */
async function forgetPlayed(): Promise<string> {
  const paths = ['/media/cenc-*', '/media/cbcs-*', '/media/clear/vod/open/*', '/vod/*']
  const [canary = ''] = mediaOf(await readDash(`${root()}/vod/open/index.mpd`))
  await fetched(canary)
  await invalidate(
    { distributionId: house.outputs['DistributionId'] ?? '', paths, reference: `${performance.now()}` },
    {
      credentials: () => ({ accessKeyId: 'mine', secretAccessKey: 'mine' }),
      now: Date.now,
      endpoint: house.outputs['AwsEndpoint'] ?? '',
    },
  )
  await expect.poll(async () => (await fetched(canary)).cache, { interval: 300 }).toBe('Miss from cloudfront')
  return canary
}

/** Every player with either film, the protected one in the session of now. */
async function playAll(drm: Drm, some = seats, stillMs?: number): Promise<readonly PlayedOut[]> {
  const own = session
  return Promise.all(
    some.map(({ player, film }) =>
      playOut({
        browser,
        pages: pages.url,
        player,
        url: `${film === 'sealed' ? own : root()}/vod/${film}/index.${manifests[player]}`,
        ...(film === 'sealed' && { drm }),
        patienceMs: 50_000,
        ...(stillMs !== undefined && { stillMs }),
      }),
    ),
  )
}

const isSealed = ({ url }: PlayedOut): boolean => url.includes('/vod/sealed/')

/** Notes what caches have of all that was asked. */
async function noteKept(seen: readonly PlayedOut[], when: string): Promise<void> {
  let hits = 0
  for (const url of new Set(seen.flatMap(({ media }) => media))) {
    // Refusals are kept for seconds, too.
    let answer = await fetched(url)
    while (answer.status >= 500) {
      await sleep(300)
      answer = await fetched(url)
    }
    const { status, cache, hash } = answer
    expect(status, url).toBe(200)
    if (cache.startsWith('Hit')) hits++
    const path = url.slice(url.indexOf('/media/'))
    kept.set(path, (kept.get(path) ?? new Map<string, string>()).set(hash, when))
  }
  expect(hits).toBeGreaterThan(0)
}

describe.skipIf(missing !== undefined)(`while players play${missing ? ` (${missing})` : ''}`, () => {
  it.each(badDays)(
    'nothing is given away and nobody is left hanging as $name',
    async ({ name, rules }) => {
      await forgetPlayed()
      const drm = await licence()
      for (const rule of rules) house.cloud.faults.add(rule)
      const seen = await playAll(drm, seats, maxStillMs)
      const met = house.cloud.faults.rules().map((rule) => rule.met)
      house.cloud.faults.remove()
      expect(seen.flatMap(wrongIn)).toEqual([])
      // Who stood still though all was answered has nothing in the way of playing now.
      const again = await playAll(
        drm,
        seats.filter((_, i) => isStill(seen[i] ?? expect.fail())),
      )
      expect(again.filter((one) => !isPlayedOut(one))).toEqual([])
      expect(Math.min(...met)).toBeGreaterThan(0)
      expect([...prober.leaks, ...prober.unguarded]).toEqual([])
      await noteKept([...seen, ...again], name)
    },
    patienceMs,
  )

  it(
    'nothing is given away by a store that is new, and all goes on once its marks are made',
    async () => {
      await forgetPlayed()
      const drm = await licence()
      expect(await replaceEdgeStore(house)).toContain('p.vod/sealed')
      const before = prober.statuses.get(503) ?? 0
      const playing = playAll(drm)
      await expect.poll(() => prober.statuses.get(503) ?? 0).toBeGreaterThan(before + 10)
      await sweepNow(house)
      const seen = await playing
      expect(seen.flatMap(wrongIn)).toEqual([])
      // Sessions went with the store.
      expect(seen.filter((one) => isSealed(one) && one.ended)).toEqual([])
      // So did their key, with which a function that is warm goes on signing until it asks for it again.
      const isOpened = async () => {
        session = await openSession()
        return (await fetched(`${session}/vod/sealed/index.mpd`)).status === 200
      }
      await expect.poll(isOpened, { timeout: 2 * cachedKeyMs, interval: 500 }).toBe(true)
      const after = await playAll(drm)
      expect(after.map(({ ended, errors }) => ({ ended, errors }))).toEqual(
        seats.map(() => ({ ended: true, errors: [] })),
      )
      expect([...prober.leaks, ...prober.unguarded]).toEqual([])
      await noteKept(after, 'the store is new')
    },
    patienceMs,
  )

  it('no cache has kept anything but what is made when nothing fails', async () => {
    expect(kept.size).toBeGreaterThan(20)
    const canary = await forgetPlayed()
    for (const [path, hashes] of kept) {
      const url = `${path.startsWith('/media/clear/') ? root() : session}${path}`
      const { hash, cache } = await fetched(url)
      expect([...hashes], path).toEqual([[hash, expect.any(String)]])
      if (url !== canary) expect(cache, path).toBe('Miss from cloudfront')
    }
  })

  it('caches had clear media to give all along', async () => {
    await prober.stop()
    expect([...prober.leaks, ...prober.unguarded]).toEqual([])
    expect([...prober.statuses.keys()]).toEqual(expect.arrayContaining([403, 503]))
    await api('PUT', '/v1/assets/sealed/protection', { mode: 'none' })
    const answers = await Promise.all(cached.map((path) => fetched(root() + path)))
    expect(new Set(answers.map(({ status, cache }) => `${status} ${cache}`))).toEqual(
      new Set(['200 Hit from cloudfront']),
    )
  })
})
