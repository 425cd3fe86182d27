/** How objects of a feed are sent: in one batch where they go together, again where it helps, and given up where not. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { feedApi } from '../../../bin/push/send/feed-api.ts'
import { createSender, type Outgoing } from '../../../bin/push/send/sender.ts'
import { createSlots } from '../../../bin/push/send/slots.ts'
import { type Answer, type Origin, startOrigin } from './source.ts'

let origin: Origin
let answer: (path: string, before: number) => Answer
beforeAll(async () => {
  origin = await startOrigin((path, before) => answer(path, before))
})
afterAll(() => origin.stop())

const told: string[] = []
const pauses: number[] = []
beforeEach(() => {
  told.length = 0
  pauses.length = 0
})

const uploads = (...paths: readonly string[]): Answer => ({
  body: JSON.stringify({
    uploads: paths.map((path) => ({ path, url: `${origin.url}/put/${path}?signature=secret` })),
  }),
})

function sender(channelId: string, signal = new AbortController().signal) {
  const api = feedApi({ apiUrl: origin.url, channelId, token: async () => 'token' })
  const sleep = async (ms: number) => void pauses.push(ms)
  return createSender({
    api,
    pauses: { random: () => 0, sleep },
    tell: (line) => void told.push(line),
    signal,
  })
}

const fail = (line: string): void => expect.fail(line)
const object = (path: string): Outgoing => ({ path, read: async () => Buffer.from(path) })
const asked = (path: string): number => origin.asked.filter((one) => one.startsWith(path)).length

describe('objects', () => {
  it('that go together share a request for their URLs', async () => {
    answer = (path) => (path.startsWith('/v1/') ? uploads('a.m4s', 'b.m4s', 'c.m4s') : {})
    const { send } = sender('together')
    expect(await Promise.all(['a.m4s', 'b.m4s', 'c.m4s'].map((path) => send(object(path))))).toEqual([
      'sent',
      'sent',
      'sent',
    ])
    expect([asked('/v1/channels/together/uploads'), asked('/put/')]).toEqual([1, 3])
  })

  it.each([503, 500, 429, 403])(
    'are sent again, by a new URL and behind growing pauses, on %s',
    async (status) => {
      answer = (path, before) => {
        if (path.startsWith('/v1/')) return before === 1 ? { status: 503 } : uploads(`${status}.m4s`)
        return before < 2 ? { status } : {}
      }
      expect(await sender(`again${status}`).send(object(`${status}.m4s`))).toBe('sent')
      expect(asked(`/put/${status}.m4s`)).toBe(3)
      expect(asked(`/v1/channels/again${status}/`)).toBe(4)
      expect(pauses).toEqual([125, 250, 500])
    },
  )

  it('are given up when nobody takes them, which is said without the URL', async () => {
    answer = (path) =>
      path.startsWith('/v1/') ? uploads('never.m4s') : { status: 503, body: '<Code>SlowDown</Code>' }
    expect(await sender('never').send(object('never.m4s'))).toBe('failed')
    expect(told).toEqual(['never.m4s: not sent, 503 SlowDown'])
    expect(asked('/put/never.m4s')).toBe(9)
  })

  it('are not sent again where that does not help', async () => {
    answer = (path) =>
      path.startsWith('/v1/') ? uploads('big.m4s') : { status: 400, body: '<Code>EntityTooLarge</Code>' }
    expect(await sender('big').send(object('big.m4s'))).toBe('failed')
    expect([asked('/put/big.m4s'), told]).toEqual([1, ['big.m4s: not sent, 400 EntityTooLarge']])
  })

  it('of one of redundant pipelines go into its folder', async () => {
    answer = (path) => (path.startsWith('/v1/') ? uploads('a/1.m4s') : {})
    const api = feedApi({ apiUrl: origin.url, channelId: 'two', token: async () => 'token' })
    const { signal } = new AbortController()
    const sleep = async () => undefined
    const one = createSender({ api, folder: 'a/', pauses: { random: () => 0, sleep }, tell: fail, signal })
    expect(await one.send(object('1.m4s'))).toBe('sent')
    expect(asked('/put/a/1.m4s')).toBe(1)
  })

  it('with names that no key has are refused here, for the rest of their batch would be, too', async () => {
    answer = () => ({ status: 500 })
    expect(await sender('names').send(object('a b.m4s'))).toBe('failed')
    expect([asked('/v1/channels/names'), told[0]]).toEqual([
      0,
      expect.stringMatching(/^a b\.m4s: not sent, expected/),
    ])
  })

  it('are not begun when the person has had enough', async () => {
    expect(await sender('enough', AbortSignal.abort()).send(object('a.m4s'))).toBe('stopped')
  })
})

describe('the whole push', () => {
  it.each([
    [
      404,
      '{"error":{"code":"CHANNEL_NOT_FOUND","message":"gone: no such channel"}}',
      { code: 'CHANNEL_NOT_FOUND', message: 'gone: no such channel' },
    ],
    [418, 'teapot', { code: 'PUSH_REFUSED', message: expect.stringMatching(/418 teapot/) }],
  ])('ends where the API refuses: %s', async (status, body, error) => {
    answer = () => ({ status, body })
    await expect(sender('gone').send(object('a.m4s'))).rejects.toMatchObject(error)
  })
})

describe('slots', () => {
  it('run so many at a time, in order, also behind one that failed', async () => {
    const slots = createSlots(2)
    const [running, begun] = [new Set<number>(), [] as number[]]
    let most = 0
    const done = await Promise.allSettled(
      [1, 2, 3, 4, 5].map((number) =>
        slots(async () => {
          begun.push(number)
          running.add(number)
          most = Math.max(most, running.size)
          await new Promise((resolve) => setImmediate(resolve))
          running.delete(number)
          if (number === 2) throw new Error('two')
          return number
        }),
      ),
    )
    expect([begun, most]).toEqual([[1, 2, 3, 4, 5], 2])
    expect(done.map(({ status }) => status === 'fulfilled')).toEqual([true, false, true, true, true])
  })
})
