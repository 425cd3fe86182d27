/** What the edge is told, made anew of the tables and swept of what is over, against the local key-value store. */
import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type KeyValues, keyValues } from '../../../lib/platform/aws/key-values.ts'
import { edgeMarks } from '../../../lib/rights/assets/store.ts'
import {
  ensureMarks,
  finishTurns,
  publishProtection,
  sweepEntries,
  writeMarks,
} from '../../../lib/rights/index.ts'
import type { EncryptedPolicy } from '../../../lib/rights/protection/policy.ts'
import type { Publish } from '../../../lib/rights/publication/publish.ts'
import { turnStore } from '../../../lib/rights/publication/store.ts'
import { createKeyValueStores, type KeyValueStores } from '../../../local/key-value-store/index.ts'
import { allow, scratch, serve } from '../../local/serve.ts'
import { openRightsCloud, table } from '../cloud.ts'
import { memoryShelf } from './memory-store.ts'

const policy: EncryptedPolicy = {
  mode: 'encrypted',
  schemes: ['cbcs'],
  systems: ['clearkey'],
  keys: 'shared',
}
const licenceUrl = 'https://licences.example/licence'
const nowMs = Date.UTC(2026, 10, 30)
const longAgo = String(nowMs / 1000 - 1)
const later = String(nowMs / 1000 + 60)

let cloud: Awaited<ReturnType<typeof openRightsCloud>>
let stores: KeyValueStores
const close: (() => Promise<void>)[] = []
let arn = ''
let count = 0

beforeAll(async () => {
  cloud = await openRightsCloud()
  const directory = await scratch()
  stores = await createKeyValueStores({ path: `${directory.path}/kvs`, authorize: allow })
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
beforeEach(async () => {
  arn = `arn:aws:cloudfront::000000000000:key-value-store/s${count++}`
  await stores.createStore(arn, arn, '{"data":[{"key":"m","value":"pending"}]}')
})

/** A sweeping room over the real stores; publications are noted, and made over a shelf of one film. */
function roomOf(films: readonly (readonly string[])[]) {
  const values = keyValues(arn)
  const published: string[] = []
  const store = { ...memoryShelf(30_000), marks: edgeMarks(values) }
  const publish: Publish = (contentId, publication) => {
    published.push(contentId)
    return publishProtection(cloud.ports(), contentId, { store, licenceUrl, ...publication })
  }
  return {
    values,
    published,
    protection: cloud.ports().protection,
    async *protectedFilms() {
      for (const some of films) yield await Promise.resolve(some)
    },
    publish,
    turns: turnStore({ table, client: cloud.client, now: () => nowMs }),
    now: () => nowMs,
    report: (event: string) => void published.push(event),
  }
}
const entries = async () => {
  const found: Record<string, string> = {}
  for await (const [name, value] of keyValues(arn).list('')) found[name] = value
  return found
}

describe('a store that is new', () => {
  it('gets the marks of all that is protected before it says that it is ready', async () => {
    const { protection } = cloud.ports()
    const many = Array.from({ length: 70 }, (_, i) => `vod/many-${i}`)
    for (const id of many) await protection.putPolicy(id, policy)
    await protection.putPolicy('vod/led', { ...policy, clearLeadSeconds: 10 })
    await protection.putPolicy('vod/open', { mode: 'none' })
    const ports = roomOf([many, ['vod/led', 'vod/open']])
    await ensureMarks(ports)
    const found = await entries()
    // Its manifests may be of before, and name the lead where its mark closes it: they are published with it.
    expect(ports.published).toEqual(['vod/led'])
    expect(Object.keys(found)).toHaveLength(72)
    expect(found).toMatchObject({ m: 'ready', 'p.vod/many-69': '1', 'p.vod/led': 'lead-10' })
  })

  it('stays closed where a policy could not be read', async () => {
    const Item = { pk: 'content#vod/odd', sk: 'policy', policy: { mode: 'later' } }
    await cloud.client.send(new PutCommand({ TableName: table, Item }))
    await expect(ensureMarks(roomOf([['vod/odd']]))).rejects.toMatchObject({ code: 'POLICY_UNREADABLE' })
    expect(await entries()).toEqual({ m: 'pending' })
  })

  it('is asked once: one that is ready, or from before, is left as it is', async () => {
    const values = keyValues(arn)
    for (const readiness of ['ready', undefined]) {
      await values.change(new Map([['m', readiness]]))
      await ensureMarks(roomOf([['vod/many-0']]))
      expect(await entries()).toEqual(readiness ? { m: 'ready' } : {})
    }
  })

  it('has the mark of a film that is changed meanwhile as it is set by then', async () => {
    const { protection } = cloud.ports()
    await protection.putPolicy('vod/crossed', policy)
    const ports = roomOf([['vod/crossed']])
    // Another takes the protection away after the policy was read, before the mark is written.
    const values = {
      ...ports.values,
      async edit(...all: Parameters<KeyValues['edit']>) {
        if (all[0][0] === 'p.vod/crossed') await protection.putPolicy('vod/crossed', { mode: 'none' })
        return ports.values.edit(...all)
      },
    }
    await writeMarks({ ...ports, values })
    expect([await entries(), ports.published]).toEqual([{ m: 'pending' }, ['vod/crossed']])
  })
})

describe('a sweep', () => {
  it('takes away what is over and nothing else', async () => {
    await keyValues(arn).change(
      new Map([
        ['r.over', longAgo],
        ['r.still', later],
        ['r.odd', 'no number'],
        ['k.1', 'a'.repeat(64)],
        ['x.1', longAgo],
        ['k.2', 'b'.repeat(64)],
        ['x.2', later],
        ['k.3', 'c'.repeat(64)],
        ['c', '3'],
      ]),
    )
    expect(await sweepEntries(roomOf([]))).toBe(3)
    const left = ['c', 'k.2', 'k.3', 'm', 'r.odd', 'r.still', 'x.2']
    expect(Object.keys(await entries())).toEqual(left)
    expect(await sweepEntries(roomOf([]))).toBe(0)
  })

  it('goes through more entries than are written at once', async () => {
    const names = Array.from({ length: 130 }, (_, i) => `r.session-${i}`)
    for (let from = 0; from < names.length; from += 50)
      await keyValues(arn).change(new Map(names.slice(from, from + 50).map((name) => [name, longAgo])))
    expect(await sweepEntries(roomOf([]))).toBe(130)
    expect(await entries()).toEqual({ m: 'pending' })
  })

  it('compares marks with policies, and leaves those that could not be compared', async () => {
    const { protection } = cloud.ports()
    await protection.putPolicy('vod/kept', policy)
    await protection.putPolicy('vod/freed', { mode: 'none' })
    await protection.putPolicy('vod/shorter', { ...policy, clearLeadSeconds: 5 })
    const Item = { pk: 'content#vod/unread', sk: 'policy', policy: 7 }
    await cloud.client.send(new PutCommand({ TableName: table, Item }))
    await keyValues(arn).change(
      new Map([
        ['p.vod/kept', '1'],
        ['p.vod/freed', '1'],
        ['p.vod/old', '0'],
        ['p.vod/shorter', 'lead-10'],
        ['p.vod/unread', '1'],
        // It has no policy: whoever stores a presentation writes its mark.
        ['p.presentations/one', '1'],
      ]),
    )
    const ports = roomOf([])
    await sweepEntries(ports)
    expect(await entries()).toEqual({
      m: 'pending',
      'p.presentations/one': '1',
      'p.vod/kept': '1',
      'p.vod/shorter': 'lead-5',
      'p.vod/unread': '1',
    })
    expect(ports.published).toEqual(['vod/freed', 'vod/old', 'vod/shorter', 'a mark could not be compared'])
  })
})

describe('a publication that broke off', () => {
  it('is finished when its turn has run out, and not before', async () => {
    const turns = (now: number) => turnStore({ table, client: cloud.client, now: () => now })
    await cloud.ports().protection.putPolicy('vod/broken', policy)
    expect(await turns(nowMs).take('vod/broken', 'who crashed')).toEqual({ isUnfinished: false })
    expect(await turns(nowMs).take('vod/broken', 'who comes next')).toBeUndefined()
    expect(await turns(nowMs).unfinished()).toEqual([])
    expect(await turns(nowMs + 30_001).unfinished()).toEqual(['vod/broken'])
    const ports = { ...roomOf([]), turns: turns(nowMs + 30_001) }
    expect([await finishTurns(ports), ports.published]).toEqual([1, ['vod/broken']])
    expect(await entries()).toMatchObject({ 'p.vod/broken': '1' })
  })

  it('that was given up is taken at once, and who was too slow opens nothing more', async () => {
    const turns = turnStore({ table, client: cloud.client, now: () => nowMs })
    await turns.take('vod/given', 'a')
    expect(await turns.take('vod/given', 'a')).toEqual({ isUnfinished: false })
    await turns.leave('vod/given', 'a')
    expect(await turns.take('vod/given', 'b')).toEqual({ isUnfinished: true })
    expect([await turns.keep('vod/given', 'a'), await turns.keep('vod/given', 'b')]).toEqual([false, true])
    await turns.finish('vod/given', 'a')
    expect(await turns.take('vod/given', 'c')).toBeUndefined()
    await turns.finish('vod/given', 'b')
    expect(await turns.take('vod/given', 'c')).toEqual({ isUnfinished: false })
  })
})
