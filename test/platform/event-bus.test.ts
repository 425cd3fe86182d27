/** Events on their way to the bus, over the wire: what it refuses, answers in part or does not answer. */
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { eventBus } from '../../lib/platform/events/event-bus.ts'
import type { RoomEvent } from '../../lib/platform/events/event-type.ts'
import { createFilter } from '../../local/event-sources/index.ts'
import { createEvents, type Events } from '../../local/events/events.ts'
import { createFaults } from '../../local/faults/index.ts'
import { AwsFault } from '../../local/service.ts'
import { allow, scratch, serve } from '../local/serve.ts'

const faults = createFaults()
const heard: { readonly 'detail-type': string; readonly detail: { readonly id: string } }[] = []
const close: (() => Promise<void>)[] = []
let service: Events
let asked = 0

beforeAll(async () => {
  const directory = await scratch()
  service = await createEvents({
    path: join(directory.path, 'events.jsonl'),
    authorize: (caller, action, arn) => {
      asked++
      if (!arn.endsWith('/rooms')) throw new AwsFault('AccessDenied', `${action} on ${arn}`, 403)
      return allow()
    },
    log: () => undefined,
    send: async (_arn, body) => void heard.push(JSON.parse(body)),
    faults,
  })
  service.createBus('rooms')
  service.createRule({
    arn: 'arn:aws:events:us-east-1:000000000000:rule/rooms/all',
    bus: 'rooms',
    matches: createFilter(['{"source":[{"prefix":"headend."}]}']),
    targets: [{ arn: 'arn:aws:sqs:x', maximumRetryAttempts: 0, maximumEventAgeSeconds: 60 }],
  })
  const served = await serve(service)
  close.push(
    () => served.close(),
    () => service.close(),
    () => directory.remove(),
  )
  vi.stubEnv('AWS_REGION', 'us-east-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
  vi.stubEnv('AWS_ENDPOINT_URL_EVENTBRIDGE', served.endpoint)
})
beforeEach(() => {
  faults.remove()
  heard.length = 0
  asked = 0
})
afterAll(async () => {
  vi.unstubAllEnvs()
  for (const step of close) await step()
})

const pauses: number[] = []
const bus = (name = 'rooms') =>
  eventBus(name, { random: () => 0.5, sleep: (ms) => Promise.resolve(void pauses.push(ms)) })
const event = (id: string, name = 'AssetReady', more = ''): RoomEvent => ({
  source: 'headend.assets',
  name,
  detail: { version: 1, id, at: '2026-01-31T12:00:00.000Z', sequence: '1', ...(more && { more }) },
})
const many = (count: number) => Array.from({ length: count }, (_, i) => event(String(i)))
const heardIds = () => heard.map(({ detail }) => detail.id)
/** What was not taken, by id, and with which code. */
const codes = (failed: ReadonlyMap<RoomEvent, unknown>) =>
  Object.fromEntries(
    Array.from(failed, ([{ detail }, why]) => [
      detail.id,
      why instanceof Error && 'code' in why ? why.code : why,
    ]),
  )

describe('a bus', () => {
  it('takes any number of events, ten at once', async () => {
    expect(await bus().put(many(23))).toEqual(new Map())
    await expect.poll(heardIds).toHaveLength(23)
    expect(new Set(heardIds())).toEqual(new Set(many(23).map(({ detail }) => detail.id)))
  })

  it('is asked for as many bytes at once as AWS took before 2026, and never for an event above that', async () => {
    const large = (id: string, kib: number) => event(id, 'AssetReady', 'x'.repeat(kib * 1024))
    const failed = await bus().put([large('a', 200), large('b', 100), large('c', 256), large('d', 1)])
    expect(codes(failed)).toEqual({ c: 'EVENT_SIZE' })
    await expect.poll(heardIds).toHaveLength(3)
  })

  it('that takes some of a request is asked again for the others alone, each time later', async () => {
    pauses.length = 0
    faults.add({ service: 'events', operation: 'entry', key: 'AssetFailed', kind: 'throttle', times: 3 })
    const events = [event('a'), event('b', 'AssetFailed'), event('c'), event('d', 'AssetFailed')]
    expect(await bus().put(events)).toEqual(new Map())
    await expect.poll(() => heardIds().toSorted()).toEqual(['a', 'b', 'c', 'd'])
    expect(pauses).toEqual([12.5, 25])
    expect(asked).toBe(4 + 2 + 1)
  })

  it('that goes on refusing an entry has it named, with what EventBridge says, and takes the rest once', async () => {
    faults.add({ service: 'events', operation: 'entry', key: 'AssetFailed', kind: 'internal' })
    const failed = await bus().put([...many(12), event('bad', 'AssetFailed')])
    expect(codes(failed)).toEqual({ bad: 'EVENT_REFUSED' })
    expect(String([...failed.values()][0])).toMatch(
      /AssetFailed bad: expected the bus to take it, got InternalFailure/,
    )
    await expect.poll(heardIds).toHaveLength(12)
  })

  it('that answers 500 has everything come again', async () => {
    faults.add({ service: 'events', operation: 'PutEvents', kind: 'internal' })
    const failed = await bus().put(many(2))
    expect(codes(failed)).toEqual({ 0: 'SERVICE_BUSY', 1: 'SERVICE_BUSY' })
    faults.remove()
    expect(await bus().put(many(2))).toEqual(new Map())
  })

  it('that answers 500 for a moment takes it at the next try', async () => {
    faults.add({ service: 'events', operation: 'PutEvents', kind: 'internal', times: 2 })
    expect(await bus().put(many(3))).toEqual(new Map())
    await expect.poll(heardIds).toHaveLength(3)
  })

  it('that one may not put events on says so', async () => {
    const failed = await bus('others').put(many(1))
    expect([...failed.values()]).toEqual([expect.objectContaining({ name: 'AccessDeniedException' })])
  })
})
