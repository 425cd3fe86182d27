import type { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PacedBody } from '../../../local/lambda/paced-body.ts'
import { openWorkshop, type Workshop } from './workshop.ts'

let shop: Workshop
beforeAll(async () => {
  shop = await openWorkshop({ limits: { streamedResponseBytes: 3_000_000 } })
})
afterAll(() => shop.close())

async function open(
  name: string,
  event: unknown = {},
): Promise<{ contentType: string | undefined; body: Readable }> {
  const streamed = await shop.lambda.invokeStreaming(name, JSON.stringify(event))
  if (streamed.kind !== 'stream') throw new Error(streamed.invocation.payload)
  return streamed
}

const streaming = (body: string): string =>
  `export const handler = awslambda.streamifyResponse(async (event, stream, context) => { ${body} })`

describe('a streamed response', () => {
  it('leads with its metadata and eight zero bytes', async () => {
    await shop.define(
      'http',
      streaming(`
        const out = awslambda.HttpResponseStream.from(stream, { statusCode: 206, headers: { a: 'b' } })
        out.write('film'); out.end()
      `),
    )
    const { contentType, body } = await open('http')
    expect(contentType).toBe('application/vnd.awslambda.http-integration-response')
    const bytes = Buffer.concat(await body.toArray())
    expect(bytes.toString()).toBe(`{"statusCode":206,"headers":{"a":"b"}}${'\0'.repeat(8)}film`)
  })

  it('arrives before the handler has ended', async () => {
    await shop.define(
      'early',
      streaming(
        `stream.setContentType('text/plain'); stream.write('first'); await new Promise((r) => setTimeout(r, 300)); stream.end('last')`,
      ),
    )
    const { contentType, body } = await open('early')
    expect(contentType).toBe('text/plain')
    const [first] = await body.take(1, {}).toArray()
    expect(String(first)).toBe('first')
  })

  it('holds the function back while nobody reads', async () => {
    await shop.define(
      'held',
      streaming(`
        const { once } = await import('node:events')
        for (let n = 0; n < 40; n++) { if (!stream.write(Buffer.alloc(65536))) await once(stream, 'drain'); console.log('wrote ' + n) }
        stream.end()
      `),
    )
    const { body } = await open('held')
    const written = (): number => shop.lines.filter(({ message }) => message.startsWith('wrote')).length
    await new Promise((resolve) => setTimeout(resolve, 500))
    const before = written()
    expect(before).toBeGreaterThan(0)
    expect(before).toBeLessThan(20)
    const all = await body.toArray()
    expect(Buffer.concat(all)).toHaveLength(40 * 65536)
    expect(written()).toBe(40)
  })

  it('breaks off when the handler destroys it midway, and is an error when it fails before', async () => {
    await shop.define(
      'midway',
      streaming(
        `stream.write('a'.repeat(70000)); await new Promise((r) => setTimeout(r, 50)); stream.destroy(); throw new Error('lost')`,
      ),
    )
    const { body } = await open('midway')
    await expect(body.toArray()).rejects.toThrow('lost')
    await shop.define('before', streaming(`throw new Error('at once')`))
    const streamed = await shop.lambda.invokeStreaming('before', '{}')
    expect(streamed).toMatchObject({ kind: 'buffered', invocation: { functionError: 'Unhandled' } })
  })

  it('looks whole when the handler throws midway and leaves it as it is', async () => {
    await shop.define('short', streaming(`stream.write('a'.repeat(70000)); throw new Error('lost')`))
    const { body } = await open('short')
    expect(Buffer.concat(await body.toArray())).toHaveLength(70_000)
    await expect.poll(() => shop.lines.some(({ message }) => message === 'lost')).toBe(true)
  })

  it('has its metadata in front by its first write and by nothing else', async () => {
    const from = (then: string) =>
      streaming(`const out = awslambda.HttpResponseStream.from(stream, { statusCode: 200 }); ${then}`)
    const bytesOf = async (name: string) => Buffer.concat(await (await open(name)).body.toArray()).toString()
    await shop.define('ended', from(`out.end('film')`))
    await shop.define('nothing', from(`out.end()`))
    await shop.define('empty', from(`out.write(''); out.end()`))
    expect(await bytesOf('ended')).toBe('film')
    expect(await bytesOf('nothing')).toBe('')
    expect(await bytesOf('empty')).toBe(`{"statusCode":200}${'\0'.repeat(8)}`)
  })

  it('has the members that AWS gives it, and no others', async () => {
    await shop.define(
      'members',
      streaming(`
        const { Writable } = await import('node:stream')
        stream.write({ a: 1 })
        try { stream.setContentType('text/plain') } catch ({ name }) { stream.write(name) }
        stream.end(String([stream instanceof Writable, stream.writev, stream.writableEnded, stream.writable]))
      `),
    )
    const { contentType, body } = await open('members')
    expect(contentType).toBe('application/octet-stream')
    expect(Buffer.concat(await body.toArray()).toString()).toBe(
      '{"a":1}Runtime.InvalidStreamingOperationfalse,,false,true',
    )
  })

  it('is ended by its handler or by nobody', async () => {
    await shop.define('open', streaming(`stream.write('a')`), { timeoutSeconds: 1 })
    const { body } = await open('open')
    await expect(body.toArray()).rejects.toThrow('timed out')
  })

  it('is broken off past its limit', async () => {
    await shop.define(
      'long',
      streaming(`for (let n = 0; n < 60; n++) stream.write(Buffer.alloc(65536)); stream.end()`),
    )
    const { body } = await open('long')
    await expect(body.toArray()).rejects.toThrow('exceeded 3000000 bytes')
  })

  it('of a function invoked without streaming comes whole', async () => {
    await shop.define('plain', streaming(`stream.end('{"a":1}')`))
    expect((await shop.lambda.invoke('plain', '{}')).payload).toBe('{"a":1}')
  })

  it('of a function that does not stream is its answer', async () => {
    await shop.define('normal', `export const handler = async () => ({ a: 1 })`)
    expect(await shop.lambda.invokeStreaming('normal', '{}')).toMatchObject({
      kind: 'buffered',
      invocation: { payload: '{"a":1}' },
    })
  })
})

describe('the pace of a streamed response', () => {
  it('is full speed for the burst and the given rate after it', async () => {
    const body = new PacedBody({ burstBytes: 100_000, bytesPerSecond: 100_000, maximumBytes: 1e9 })
    const startedAt = performance.now()
    const arrivals: { readonly atMs: number; readonly bytes: number }[] = []
    const send = (left: number): void => {
      if (left === 0) body.finish()
      else body.receive(new Uint8Array(10_000), () => send(left - 1))
    }
    send(16)
    let bytes = 0
    for await (const chunk of body) {
      bytes += Buffer.byteLength(chunk)
      arrivals.push({ atMs: performance.now() - startedAt, bytes })
    }
    expect(bytes).toBe(160_000)
    // Never ahead of the rate: the n-th byte past the burst needs n / rate, less the one chunk that may go at once.
    for (const { atMs, bytes: soFar } of arrivals) {
      expect(atMs).toBeGreaterThanOrEqual(((soFar - 100_000 - 10_000) / 100_000) * 1000 - 2)
    }
  })
})
