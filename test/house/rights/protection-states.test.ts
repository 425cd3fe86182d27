/**
 * A film walked through every state of its protection, as deployed over the local cloud: each URL that was ever handed
 * out is asked in every state, kept by caches or not, in a session and without, second by second after each change.
 */
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { keyValues } from '../../../lib/platform/aws/key-values.ts'
import { signedHeaders } from '../../../lib/platform/aws/sigv4.ts'
import { readDash, readHls } from '../../judges/read-manifests.ts'
import { assetOf } from '../assets.ts'
import { type InProcess, startInProcess } from '../in-process.ts'
import { askApi } from '../operator-api.ts'
import { smallFilm } from '../small-film.ts'

const id = 'walked'
const content = `vod/${id}`
const encrypted = { mode: 'encrypted', schemes: ['cenc', 'cbcs'], systems: ['clearkey'] }
const led = { ...encrypted, clearLeadSeconds: 13 }
const english =
  'WEBVTT\n\n00:01.000 --> 00:04.000\nA rabbit wakes.\n\n00:12.000 --> 00:20.000\nIt is a fine day.\n'

/** What is known of a film in one state: its mark at the edge says the same. */
interface State {
  readonly name: string
  /** Undefined where all of it is public. */
  readonly mark: '1' | 'lead-13' | undefined
  /** How long it is looked at second by second: once for as long as the packager remembers a policy. */
  readonly watchedSeconds: number
  /** Sets it, and resolves when the change was answered. */
  readonly enter: () => Promise<void>
}

let house: InProcess
let root: string
let session: string
/** Paths from the root, without a session; each once. */
const handedOut = new Set<string>()
/** Those that nobody asks for before a change closes them: caches have none of them. */
const untouched: string[] = []

const api = async (method: string, path: string, body: object): Promise<unknown> => {
  const response = await askApi(house, method, path, body)
  expect(response.status, `${method} ${path} ${await response.clone().text()}`).toBeLessThan(300)
  return response.json()
}
const protect = async (policy: object) => {
  await api('PUT', `/v1/assets/${id}/protection`, policy)
}
/** A new version by asset.json, with what it says of protection; answered when the film is shown. */
const commit = (protection: unknown, title: string) => async () => {
  const before = await assetOf(house, id).catch(() => undefined)
  const asset = { files: ['film.mp4', 'en.vtt'], title, ...(protection !== undefined && { protection }) }
  await house.upload(`${content}/asset.json`, Buffer.from(JSON.stringify(asset)))
  // What came in is noted before it is indexed: the film is another when its version is.
  const shown = async () => {
    const { state, version } = await assetOf(house, id)
    return state === 'ready' && version !== before?.version
  }
  await expect.poll(() => shown().catch(() => false), { timeout: 30_000, interval: 200 }).toBe(true)
  // What opens comes last: the mark is taken away when the row says that all is public.
  if (protection === 'none')
    await expect.poll(() => keyValuesAt(house).get(`p.${content}`), { timeout: 10_000 }).toBeUndefined()
}

beforeAll(async () => {
  house = await startInProcess()
  root = `${house.outputs['PlaybackUrl']}`
  await house.upload(`${content}/film.mp4`, await smallFilm())
  await house.upload(`${content}/en.vtt`, Buffer.from(english))
  const { token } = (await api('POST', '/v1/sessions', { content, ttlSeconds: 3600 })) as { token: string }
  session = `${root}/s/${token}`
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await house?.stop()
})

const states: readonly State[] = [
  { name: 'public as it comes', mark: undefined, watchedSeconds: 0, enter: commit(undefined, 'first') },
  { name: 'protected by the API', mark: '1', watchedSeconds: 11, enter: () => protect(encrypted) },
  { name: 'public by its asset.json', mark: undefined, watchedSeconds: 1, enter: commit('none', 'second') },
  { name: 'protected by its asset.json', mark: '1', watchedSeconds: 5, enter: commit(encrypted, 'third') },
  { name: 'with a clear lead', mark: 'lead-13', watchedSeconds: 5, enter: () => protect(led) },
  { name: 'public in the end', mark: undefined, watchedSeconds: 1, enter: () => protect({ mode: 'none' }) },
]

/** What a path may be answered in a state; more than one where caches of before may stand in for the packager. */
function expected(path: string, { mark }: State, isInSession: boolean): readonly number[] {
  const [, , how = '', , , , track = ''] = path.split('/')
  const isText = track.startsWith('text-')
  const isOpen = mark === undefined
  if (how === 'clear') return isOpen || (isText && isInSession) ? [200] : [403]
  if (how.startsWith('lead-')) return isOpen ? [200, 403] : how === mark ? [200] : [403]
  if (!isInSession) return [403]
  // Encrypted media of a film that is public is no secret, and the packager makes no more of it.
  return isOpen ? [200, 403] : [200]
}

/** Everything that manifests name now, without their session. */
async function namedNow(): Promise<readonly string[]> {
  const at = `${session}/${content}`
  const read = [
    await readHls(`${at}/index.m3u8`),
    await readHls(`${at}/index.m3u8?scheme=cenc`),
    await readDash(`${at}/index.mpd`),
    await readDash(`${at}/index.mpd?scheme=cbcs`),
  ]
  const urls = read.flatMap(({ texts, tracks }) => [
    ...[...tracks.values()].flat().flatMap(({ init, segments }) => [init, ...segments.map(({ url }) => url)]),
    ...Object.entries(texts).flatMap(([manifest, text]) =>
      [...text.matchAll(/(?:^|")((?:\.\.\/)+media\/[^"\n$]+\.(?:m4s|mp4|vtt))/gm)].map(
        ([, uri = '']) => new URL(uri, manifest).href,
      ),
    ),
  ])
  return [...new Set(urls)].map((url) => url.replace(session, ''))
}

/** The store that the edge reads, for who is no function. */
function keyValuesAt({ outputs }: InProcess) {
  for (const [name, value] of Object.entries({
    AWS_ENDPOINT_URL: outputs['AwsEndpoint'],
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  }))
    vi.stubEnv(name, value)
  return keyValues(outputs['SessionStore'] ?? '')
}

/** Runs the function that a schedule runs, with its own rights. */
async function sweep(event: object): Promise<unknown> {
  const name = Object.keys(house.cloud.functions()).find((one) => /sweep/i.test(one))
  const url = new URL(`/2015-03-31/functions/${name}/invocations`, house.outputs['AwsEndpoint'])
  const body = JSON.stringify(event)
  const { host: _, ...headers } = signedHeaders(
    { method: 'POST', host: url.host, path: url.pathname, query: '', headers: {}, body },
    {
      service: 'lambda',
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      nowMs: Date.now(),
    },
  )
  const response = await fetch(url, { method: 'POST', headers, body })
  expect([response.status, response.headers.get('x-amz-function-error')]).toEqual([200, null])
  return response.json()
}

const isClosable = (path: string): boolean => /^\/media\/clear\/.*\/(video|audio)-/.test(path)

async function ask(paths: Iterable<string>, state: State, when: string): Promise<void> {
  const wrong: string[] = []
  const one = async (path: string, isInSession: boolean) => {
    const response = await fetch(`${isInSession ? session : root}${path}`)
    await response.arrayBuffer()
    const allowed = expected(path, state, isInSession)
    if (!allowed.includes(response.status))
      wrong.push(
        `${response.status} (${response.headers.get('x-cache')}) for ${path} ${isInSession ? 'in a session' : ''}, expected ${allowed.join(' or ')}`,
      )
  }
  for (const path of paths) await Promise.all([one(path, false), one(path, true)])
  expect(wrong, `${state.name}, ${when}`).toEqual([])
}

it.each(states)('answers every URL as it should when it is $name', async (state) => {
  const closes = state.mark !== undefined
  await state.enter()
  const changedAtMs = Date.now()
  // What caches have, and what they have not, at every second; what nobody kept is asked once only.
  const fresh = untouched.splice(0)
  const watched = [...handedOut].filter((path) => !fresh.includes(path))
  for (let second = 0; second <= state.watchedSeconds; second++) {
    const waitMs = changedAtMs + second * 1000 - Date.now()
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs))
    const sample = watched.filter((_, i) => second === 0 || i % 5 === second % 5)
    await ask(
      [...sample, ...fresh.splice(0, closes ? 3 : fresh.length)],
      state,
      `${second} s after the change`,
    )
  }
  await ask(fresh, state, 'later')
  // Manifests are kept for seconds; then they name what plays, and each of it does.
  const asked = async () => {
    const named = await namedNow()
    return named.some((path) => /^\/media\/(cenc|cbcs)-/.test(path)) === closes ? named : []
  }
  await expect
    .poll(async () => (await asked()).length, { timeout: 20_000, interval: 500 })
    .toBeGreaterThan(10)
  const named = await asked()
  if (closes) expect(named.filter(isClosable)).toEqual([])
  expect(named.some((path) => path.includes('/text-1/'))).toBe(true)
  expect(named.some((path) => path.startsWith('/media/lead-13/'))).toBe(state.mark === 'lead-13')
  const kept = new Set(named.filter((path, i) => !(isClosable(path) && i % 3 === 0)))
  untouched.push(...named.filter((path) => !kept.has(path) && !handedOut.has(path)))
  for (const path of named) handedOut.add(path)
  await ask(kept, state, 'as its manifests name it')
})

it('is swept as its schedule has it, with what is over and a mark that is not true', async () => {
  const values = keyValuesAt(house)
  const longAgo = String(Math.floor(Date.now() / 1000) - 1)
  await values.change(
    new Map([
      ['r.over', longAgo],
      [`p.${content}`, '1'],
    ]),
  )
  expect(await sweep({ everything: true })).toMatchObject({ finished: 0, swept: 2 })
  expect([await values.get('r.over'), await values.get(`p.${content}`)]).toEqual([undefined, undefined])
  // A store that is new has no marks and says so; the film is protected.
  await protect(encrypted)
  await values.change(
    new Map([
      [`p.${content}`, undefined],
      ['m', 'pending'],
    ]),
  )
  const closable = [...handedOut].find(isClosable) ?? expect.fail('nothing was ever clear')
  const statusOf = async () => (await fetch(root + closable)).status
  expect(await statusOf()).toBe(503)
  await sweep({})
  expect([await values.get('m'), await values.get(`p.${content}`), await statusOf()]).toEqual([
    'ready',
    '1',
    403,
  ])
})

it('had much to ask, and nothing failed on the way', () => {
  const hows = new Set([...handedOut].map((path) => path.split('/')[2]))
  expect([...hows]).toEqual(expect.arrayContaining(['cbcs-ALL-0', 'cenc-ALL-0', 'clear', 'lead-13']))
  expect(new Set([...handedOut].map((path) => path.split('/')[5])).size).toBeGreaterThanOrEqual(3)
  expect(house.failures).toEqual([])
})
