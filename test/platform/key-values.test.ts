/** What a key-value store that takes no write says of itself: an error to try again, and nothing written. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { keyValues } from '../../lib/platform/aws/key-values.ts'

const arn = 'arn:aws:cloudfront::000000000000:key-value-store/sessions'
const pauses = { random: () => 0, sleep: () => Promise.resolve() }
const close: (() => void)[] = []
afterEach(() => {
  vi.unstubAllEnvs()
  for (const one of close.splice(0)) one()
})

/** A store whose writes all fail so; tells how many there were. */
async function refusing(status: number, type: string) {
  let writes = 0
  const server = createServer((request, response) => {
    request.resume()
    const isOfKey = request.url?.includes('/keys') ?? false
    const say = (code: number, said: object, error?: string) => {
      if (error !== undefined) response.setHeader('x-amzn-errortype', error)
      response.setHeader('content-type', 'application/json')
      response.setHeader('etag', 'E1')
      response.writeHead(code).end(JSON.stringify(said))
    }
    if (request.method !== 'GET') {
      writes++
      return say(status, { Message: type }, type)
    }
    if (isOfKey) return say(404, { Message: 'no such key' }, 'ResourceNotFoundException')
    return say(200, { ItemCount: 0, TotalSizeInBytes: 0, KvsARN: arn, Created: 0 })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  close.push(() => {
    server.closeAllConnections()
    server.close()
  })
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, 'test')
  vi.stubEnv('AWS_REGION', 'us-east-1')
  return { store: keyValues(arn, pauses), writes: () => writes }
}

describe('a key-value store', () => {
  it('that others write each time is EDGE_STORE_BUSY in the end', async () => {
    const { store, writes } = await refusing(409, 'ConflictException')
    await expect(store.change(new Map([['k', 'v']]))).rejects.toMatchObject({
      code: 'EDGE_STORE_BUSY',
      status: 503,
    })
    expect(writes()).toBe(25)
  })

  it('that is full is EDGE_STORE_FULL at once', async () => {
    const { store, writes } = await refusing(402, 'ServiceQuotaExceededException')
    await expect(store.change(new Map([['k', 'v']]))).rejects.toMatchObject({
      code: 'EDGE_STORE_FULL',
      status: 503,
    })
    expect(writes()).toBe(1)
  })
})
