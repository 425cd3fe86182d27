/** Operators who all act at once, over the wire: each is done or told to come again, and nothing is half of two. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { sessionStore } from '../../lib/api/sessions/store.ts'
import { keyValues } from '../../lib/platform/aws/key-values.ts'
import { edgeMarks } from '../../lib/rights/assets/store.ts'
import { markOf } from '../../lib/rights/publication/marks.ts'
import { publishProtection } from '../../lib/rights/publication/publish.ts'
import { turnStore } from '../../lib/rights/publication/store.ts'
import { createKeyValueStores } from '../../local/key-value-store/index.ts'
import { allow, scratch, serve } from '../local/serve.ts'
import { openRightsCloud, table } from '../rights/cloud.ts'
import { memoryShelf } from '../rights/publication/memory-store.ts'
import { memoryApi } from './parts.ts'

const arn = 'arn:aws:cloudfront::000000000000:key-value-store/races'
const licenceUrl = 'https://licences.example/licence'
const close: (() => Promise<void>)[] = []
let cloud: Awaited<ReturnType<typeof openRightsCloud>>
/** The film's row and objects; turns, marks, policies, plans and keys are in the cloud. */
const shelves = new Map<string, ReturnType<typeof memoryShelf>>()
const shelfOf = (contentId: string) => {
  const store = shelves.get(contentId) ?? memoryShelf(30_000)
  shelves.set(contentId, store)
  return store
}

beforeAll(async () => {
  cloud = await openRightsCloud()
  const directory = await scratch()
  const stores = await createKeyValueStores({ path: `${directory.path}/kvs`, authorize: allow })
  await stores.createStore('races', arn)
  const served = await serve(stores)
  vi.stubEnv('AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE', served.endpoint)
  close.push(
    () => served.close(),
    () => stores.close(),
    () => directory.remove(),
    () => cloud.close(),
  )
})
afterAll(async () => {
  for (const step of close) await step()
})

/** A warm function of its own. */
function environment() {
  const rights = cloud.ports()
  const owner = () => Buffer.from(rights.randomBytes(12)).toString('base64url')
  return memoryApi({
    sessions: sessionStore(arn),
    rights: {
      ...rights,
      revocations: { revokeToken: async () => undefined, revokeAccount: async () => undefined },
      keyTexts: async () => ['p'.repeat(64)],
      publish: (contentId, change) =>
        publishProtection(rights, contentId, {
          store: {
            ...shelfOf(contentId),
            marks: edgeMarks(keyValues(arn)),
            turns: { store: turnStore({ table, client: cloud.client, now: Date.now }), owner },
          },
          licenceUrl,
          change,
        }),
    },
  })
}

const policy = { mode: 'encrypted', schemes: ['cenc', 'cbcs'], systems: ['clearkey'] } as const
const path = '/v1/assets/film/protection'

/** Whether it was done; else it must be said when to come again. */
function isDone({ status, headers }: { readonly status: number; readonly headers: Headers }): boolean {
  if (status < 300) return true
  expect([409, 503]).toContain(status)
  expect(headers.get('retry-after')).toBe('1')
  return false
}

describe('at once', () => {
  it('30 revocations, 20 policies and 10 retirements are each done or said not to be', async () => {
    expect((await environment().call('PUT', path, policy)).status).toBe(200)
    const policies = Array.from({ length: 20 }, (_, i) => ({
      ...policy,
      ...(i % 3 > 0 && { clearLeadSeconds: i }),
      ...(i % 4 > 0 && { rotationSeconds: 10 + i }),
    }))
    const ids = Array.from({ length: 30 }, (_, i) => `session-${i}`.padEnd(16, '_'))
    const [revoked, written, retired] = await Promise.all([
      Promise.all(ids.map((id) => environment().call('DELETE', `/v1/sessions/${id}`))),
      Promise.all(policies.map((one) => environment().call('PUT', path, one))),
      Promise.all(Array.from({ length: 10 }, () => environment().call('POST', `${path}/retire`, {}))),
    ])

    const values = keyValues(arn)
    for (const [i, answer] of revoked.entries())
      expect((await values.get(`r.${ids[i]}`)) !== undefined, `revocation ${i}`).toBe(isDone(answer))
    expect(revoked.every(isDone)).toBe(true)

    const { policy: last } = (await environment().call('GET', path)).json as { policy: object }
    const done = policies.filter((_, i) => written[i] && isDone(written[i]))
    expect(done.length).toBeGreaterThan(10)
    expect(done.map((one) => ({ keys: 'shared', ...one }))).toContainEqual(last)

    const periods = retired.flatMap((answer) =>
      isDone(answer) ? [(answer.json as { period: number }).period] : [],
    )
    expect(periods.length).toBeGreaterThan(5)
    expect(new Set(periods).size, 'each retirement ended another period').toBe(periods.length)

    const found = await cloud.ports().protection.policy('vod/film')
    expect(await values.get('p.vod/film')).toBe(markOf(found.policy))
    const { named, objects } = shelfOf('vod/film')
    expect([...objects.keys()]).toContain(`protection/vod/film/${named.at(-1)}.json`)
    expect(await turnStore({ table, client: cloud.client, now: Date.now }).unfinished()).toEqual([])
  })

  it('protecting and freeing end with mark, row and policy of one of them', async () => {
    const calls = Array.from({ length: 12 }, (_, i) =>
      environment().call('PUT', '/v1/assets/torn/protection', i % 2 ? policy : { mode: 'none' }),
    )
    for (const answer of await Promise.all(calls)) isDone(answer)
    const { policy: last } = await cloud.ports().protection.policy('vod/torn')
    expect(await keyValues(arn).get('p.vod/torn')).toBe(markOf(last))
    expect(shelfOf('vod/torn').named.at(-1) !== undefined).toBe(last.mode === 'encrypted')
  })

  it('rotations of the session keys are one key each', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => environment().call('POST', '/v1/sessions/keys/rotate')),
    )
    const kids = answers.flatMap((answer) => (isDone(answer) ? [(answer.json as { kid: string }).kid] : []))
    expect(new Set(kids).size).toBe(kids.length)
    expect(await keyValues(arn).get('c')).toBe(String(1 + kids.length))
    for (const kid of kids) expect(await keyValues(arn).get(`k.${kid}`)).toMatch(/^[0-9a-f]{64}$/)
  })
})

describe('an id made by hand', () => {
  it.each(['a..b', '...', '-', '_', 'A'.repeat(128), '0', 'constructor', '__proto__', 'p.vod', 'm'])(
    '%s is a film as any other',
    async (id) => {
      const { call } = environment()
      expect((await call('PUT', `/v1/assets/${id}/protection`, policy)).status).toBe(200)
      expect(await keyValues(arn).get(`p.vod/${id}`)).toBe('1')
      expect((await call('POST', `/v1/assets/${id}/protection/retire`, {})).status).toBe(200)
      expect((await call('GET', `/v1/assets/${id}/protection/keys`)).status).toBe(200)
      expect((await call('DELETE', `/v1/assets/${id}/protection`)).status).toBe(204)
      expect(await keyValues(arn).get(`p.vod/${id}`)).toBeUndefined()
    },
  )

  it.each(['A'.repeat(129), 'a%20b', 'a%2Fb', '%2e%2e', 'a%00', 'b%C3%B6', 'a%252e', '*', 'a*', "a'b"])(
    '%s is none, whatever is asked of it',
    async (id) => {
      const { call } = environment()
      for (const [method, more, body] of [
        ['PUT', '', policy],
        ['GET', '', undefined],
        ['DELETE', '', undefined],
        ['POST', '/retire', {}],
        ['GET', '/keys', undefined],
      ] as const) {
        const { status } = await call(method, `/v1/assets/${id}/protection${more}`, body)
        expect([400, 404], `${method} ${id}`).toContain(status)
      }
    },
  )
})
