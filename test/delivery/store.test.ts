/** Reading timelines over the wire, from services that are busy, broken off, or silent. */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { timelineStore } from '../../lib/delivery/store.ts'

type Reply = (response: ServerResponse) => void

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

const say =
  (status: number, text: string): Reply =>
  (response) =>
    void response.writeHead(status).end(text)
const hangUp: Reply = (response) => void response.socket?.destroy()
const silence: Reply = () => undefined
const stopMidway: Reply = (response) => void response.writeHead(200, { 'content-length': '9' }).write('abc')
const row = say(200, '{"Item":{"version":{"S":"0123456789abcdef"}}}')

/** A store before a service that replies so, one reply after the other; the last one for ever. */
async function storeBefore(...replies: readonly Reply[]) {
  const tryMs = replies.includes(silence) || replies.includes(stopMidway) ? 200 : 20_000
  let asked = 0
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => replies[Math.min(asked++, replies.length - 1)]?.(response))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const pauses: number[] = []
  const store = timelineStore({
    mediaBucket: 'media',
    indexTable: 'index',
    region: 'us-east-1',
    credentials: () => ({ accessKeyId: 'AKID', secretAccessKey: 'secret' }),
    now: Date.now,
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tryMs,
    pauses: { random: () => 0.5, sleep: (ms) => Promise.resolve(void pauses.push(ms)) },
  })
  return { store, asked: () => asked, pauses }
}

const throttled = (type: string) =>
  say(400, `{"__type":"com.amazonaws.dynamodb.v20120810#${type}","message":"slow down"}`)

describe('the row of a film', () => {
  it.each([
    ['a socket that was closed meanwhile', hangUp],
    ['no answer at all', silence],
    ['an answer that never ends', stopMidway],
    ['an internal error', say(500, '{"__type":"InternalServerError"}')],
    ['a busy partition', throttled('ProvisionedThroughputExceededException')],
    ['a throttled table', throttled('ThrottlingException')],
    ['an exhausted account', throttled('RequestLimitExceeded')],
  ])('is read after %s, at the second try and not at once', async (_, first) => {
    const { store, asked, pauses } = await storeBefore(first, row)
    expect(await store.current('vod/film')).toEqual({ version: '0123456789abcdef' })
    expect(asked()).toBe(2)
    expect(pauses).toHaveLength(1)
  })

  it('is given up after three tries, with the last answer and as something to try again', async () => {
    const { store, asked } = await storeBefore(throttled('ThrottlingException'))
    await expect(store.current('vod/film')).rejects.toMatchObject({
      code: 'DELIVERY_BUSY',
      status: 503,
      message: expect.stringContaining('slow down'),
    })
    expect(asked()).toBe(3)
  })

  it('that may not be read is asked for once: no answer will be another', async () => {
    const { store, asked } = await storeBefore(say(400, '{"__type":"AccessDeniedException"}'))
    await expect(store.current('vod/film')).rejects.toMatchObject({ code: 'DELIVERY_UPSTREAM' })
    expect(asked()).toBe(1)
  })

  it('is absent only where the table says so', async () => {
    const { store } = await storeBefore(say(200, '{}'))
    expect(await store.current('vod/film')).toBeUndefined()
  })
})

describe('an object of a timeline', () => {
  it('is read after SlowDown, and kept', async () => {
    const { store, asked } = await storeBefore(
      say(503, '<Code>SlowDown</Code>'),
      say(200, 'text'),
      say(500, ''),
    )
    expect(await store.object('a')).toBe('text')
    expect(await store.object('a')).toBe('text')
    expect(asked()).toBe(2)
  })

  it('is not there where S3 has no such key, and refused where S3 says anything else', async () => {
    const { store } = await storeBefore(
      say(404, '<Code>NoSuchKey</Code>'),
      say(403, '<Code>AccessDenied</Code>'),
    )
    expect(await store.object('a')).toBeUndefined()
    await expect(store.object('a')).rejects.toMatchObject({ code: 'DELIVERY_UPSTREAM', status: 502 })
  })

  it('leaves its place to those asked for later, once many characters are kept', async () => {
    const long = 'x'.repeat(6 * 2 ** 20)
    const { store, asked } = await storeBefore(say(200, long))
    for (const key of ['a', 'b', 'c', 'b', 'c']) await store.object(key)
    expect(asked()).toBe(3)
    await store.object('a')
    expect(asked()).toBe(4)
  })

  it('that two ask for at once counts once against what is kept', async () => {
    const long = 'x'.repeat(6 * 2 ** 20)
    const { store, asked } = await storeBefore(say(200, long))
    await Promise.all([store.object('a'), store.object('a')])
    await store.object('b')
    const before = asked()
    await store.object('a')
    expect(asked()).toBe(before)
  })
})

describe('an object that is not there', () => {
  it('is none, if its bucket is', async () => {
    const { store } = await storeBefore(say(404, '<Error><Code>NoSuchKey</Code></Error>'))
    expect(await store.object('timelines/vod/film/1/timeline.json')).toBeUndefined()
  })

  it('is a fault where the bucket is not: it was told a wrong one', async () => {
    const { store } = await storeBefore(say(404, '<Error><Code>NoSuchBucket</Code></Error>'))
    await expect(store.object('timelines/vod/film/1/timeline.json')).rejects.toThrow(/404 .*NoSuchBucket/)
  })
})
