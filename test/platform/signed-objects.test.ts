/** Objects read without the SDK, of a store that answers as a test says. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { signedObjects } from '../../lib/platform/aws/signed-objects.ts'

type Answer = (response: ServerResponse, request: IncomingMessage) => void

/** What the store answers, one request after the other; the last for ever. */
let answers: Answer[] = []
let asked: IncomingMessage[] = []
const store = createServer((request, response) => {
  asked.push(request)
  const answer = answers.length > 1 ? answers.shift() : answers[0]
  answer?.(response, request)
})

beforeAll(async () => {
  await new Promise<void>((done) => store.listen(0, '127.0.0.1', done))
  const { port } = store.address() as AddressInfo
  vi.stubEnv('AWS_ENDPOINT_URL_S3', `http://127.0.0.1:${port}`)
  vi.stubEnv('AWS_REGION', 'eu-central-1')
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, 'test')
})
afterAll(() => {
  vi.unstubAllEnvs()
  store.closeAllConnections()
  store.close()
})
beforeEach(() => {
  asked = []
})

const object = { bucket: 'b', key: 'vod/a film (1)/../x.mp4', versionId: 'v/1' }
const range = { offset: 10, length: 4 }
const signal = new AbortController().signal
const gives =
  (body: string, status = 200): Answer =>
  (response) =>
    response.writeHead(status).end(body)
const refuses = (status: number, code: string, more = ''): Answer =>
  gives(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message>${more}</Error>`, status)
/** Says ten bytes, gives four and goes. */
const breaksOff: Answer = (response) => {
  response.writeHead(200, { 'content-length': '10' })
  response.write('four', () => response.destroy())
}
const closes: Answer = (response) => response.destroy()

describe('a request', () => {
  it('names the object as it is called, its version and the range, and is signed', async () => {
    answers = [gives('four', 206)]
    expect(Buffer.from(await signedObjects.range(object, range)).toString()).toBe('four')
    const [{ url, headers } = { url: '', headers: {} }] = asked
    expect(url).toBe('/b/vod/a%20film%20%281%29/../x.mp4?versionId=v%2F1')
    expect(headers.range).toBe('bytes=10-13')
    expect(headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=test\/\d{8}\/eu-central-1\/s3\/aws4_request, .*;range;/,
    )
  })

  it('is not made for no bytes', async () => {
    expect(await signedObjects.range(object, { offset: 0, length: 0 })).toHaveLength(0)
    expect(asked).toEqual([])
  })
})

describe('what may pass', () => {
  it.each([
    ['a store that is busy', refuses(503, 'SlowDown')],
    ['a request that came too slowly', refuses(400, 'RequestTimeout')],
    ['a connection that was closed', closes],
    ['a body that breaks off', breaksOff],
  ])('is asked again: %s', async (_, answer) => {
    answers = [answer, answer, gives('whole')]
    expect(Buffer.from(await signedObjects.whole(object)).toString()).toBe('whole')
  })

  it.each([
    ['a store that is busy', refuses(503, 'SlowDown')],
    ['a connection that was closed', closes],
    ['a body that breaks off', breaksOff],
  ])('is SERVICE_BUSY after three tries: %s', async (_, answer) => {
    answers = [answer]
    const busy = { code: 'SERVICE_BUSY', status: 503, message: expect.stringMatching(/^S3: /) }
    await expect(signedObjects.whole(object)).rejects.toMatchObject(busy)
    expect(asked).toHaveLength(3)
  })

  it('is a new connection after one that was kept open and closed', async () => {
    answers = [gives('first'), closes, gives('second')]
    await signedObjects.whole(object)
    expect(Buffer.from(await signedObjects.whole(object)).toString()).toBe('second')
    const [first, kept, anew] = asked.map(({ socket }) => socket)
    expect([kept === first, anew === first]).toEqual([true, false])
  })
})

describe('what will be refused again', () => {
  it.each(['NoSuchKey', 'NoSuchVersion'])('%s is OBJECT_GONE', async (code) => {
    answers = [refuses(404, code)]
    await expect(signedObjects.whole(object)).rejects.toMatchObject({ code: 'OBJECT_GONE', status: 404 })
    expect(asked).toHaveLength(1)
  })

  it('in an archive is OBJECT_ARCHIVED, with the class', async () => {
    answers = [refuses(403, 'InvalidObjectState', '<StorageClass>GLACIER</StorageClass>')]
    await expect(signedObjects.whole(object)).rejects.toMatchObject({
      code: 'OBJECT_ARCHIVED',
      status: 409,
      message: expect.stringContaining('GLACIER'),
    })
  })

  it.each([
    [403, 'AccessDenied'],
    [404, 'NoSuchBucket'],
    [416, 'InvalidRange'],
  ])('%i %s is what the store calls it', async (status, name) => {
    answers = [refuses(status, name)]
    await expect(signedObjects.whole(object)).rejects.toMatchObject({ name })
  })

  it('is OBJECT_SHORT where there are fewer bytes than asked for', async () => {
    answers = [gives('fou', 206)]
    const short = { code: 'OBJECT_SHORT', status: 502 }
    await expect(signedObjects.range(object, range)).rejects.toMatchObject(short)
    answers = [(response) => response.writeHead(206, { 'content-length': '3' }).end('fou')]
    await expect(signedObjects.stream(object, { range, signal })).rejects.toMatchObject(short)
  })
})

describe('a stream', () => {
  const long = { offset: 0, length: 10 }

  it('gives the range as it comes', async () => {
    answers = [(response) => response.writeHead(206, { 'content-length': '10' }).end('0123456789')]
    const chunks: Uint8Array[] = []
    for await (const chunk of await signedObjects.stream(object, { range: long, signal })) chunks.push(chunk)
    expect(Buffer.concat(chunks).toString()).toBe('0123456789')
  })

  it('that breaks off is SERVICE_BUSY, and not asked for again', async () => {
    answers = [breaksOff]
    const read = async () => {
      for await (const _ of await signedObjects.stream(object, { range: long, signal }));
    }
    await expect(read()).rejects.toMatchObject({ code: 'SERVICE_BUSY', status: 503 })
    expect(asked).toHaveLength(1)
  })

  it('that nobody wants any more ends without another try', async () => {
    const control = new AbortController()
    answers = [() => control.abort()]
    const { signal: ended } = control
    await expect(signedObjects.stream(object, { range: long, signal: ended })).rejects.toMatchObject({
      name: 'AbortError',
    })
    expect(asked).toHaveLength(1)
  })
})
