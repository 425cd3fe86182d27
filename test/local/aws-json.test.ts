import { crc32 } from 'node:zlib'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type JsonCall, serveJson } from '../../local/aws-json.ts'
import { AwsFault } from '../../local/service.ts'
import { type Served, serve } from './serve.ts'

describe('the AWS JSON protocol', () => {
  let served: Served
  afterEach(() => served.close())

  async function ask(
    answer: (call: JsonCall) => unknown,
    { body = '{}', target = 'Some_1.DoIt' }: { readonly body?: string; readonly target?: string } = {},
  ) {
    served = await serve({
      name: 'some',
      handle: (request, response, caller) =>
        serveJson(
          {
            version: '1.0',
            namespace: 'com.some#',
            maxBytes: 1000,
            crc32: true,
            queryCode: (code) => `Old.${code}`,
          },
          { request, response, caller },
          answer,
        ),
      close: async () => undefined,
    })
    const response = await fetch(served.endpoint, {
      method: 'POST',
      headers: { 'x-amz-target': target },
      body,
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, body: JSON.parse(text) }
  }

  it('names the operation, hands over the input, and signs the answer with its CRC32', async () => {
    const { status, headers, text, body } = await ask(
      ({ service, operation, input }) => ({ service, operation, input }),
      {
        body: '{"a":"ü"}',
      },
    )
    expect(status).toBe(200)
    expect(body).toEqual({ service: 'Some_1', operation: 'DoIt', input: { a: 'ü' } })
    expect(headers.get('content-type')).toBe('application/x-amz-json-1.0')
    expect(headers.get('x-amz-crc32')).toBe(String(crc32(text)))
    expect(headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('words a fault with its code, its older code and its details', async () => {
    const { status, headers, body } = await ask(() => {
      throw new AwsFault('Broken', 'in two', 409, { Item: 1 })
    })
    expect(status).toBe(409)
    expect(body).toEqual({ __type: 'com.some#Broken', message: 'in two', Item: 1 })
    expect(headers.get('x-amzn-errortype')).toBe('Broken')
    expect(headers.get('x-amzn-query-error')).toBe('Old.Broken;Sender')
  })

  it("gives IAM's refusal the name and status it has in JSON", async () => {
    const { status, body } = await ask(() => {
      throw new AwsFault('AccessDenied', 'not you', 403)
    })
    expect(status).toBe(400)
    expect(body).toMatchObject({ __type: 'com.some#AccessDeniedException' })
  })

  it('refuses what is no JSON object, and what is too long', async () => {
    const answer = vi.fn<() => object>(() => ({}))
    expect(await ask(answer, { body: '[1' })).toMatchObject({
      status: 400,
      body: { __type: 'com.some#SerializationException' },
    })
    await served.close()
    expect(await ask(answer, { body: JSON.stringify({ long: 'x'.repeat(1000) }) })).toMatchObject({
      status: 413,
    })
    expect(answer).not.toHaveBeenCalled()
  })

  it('prints a bug of its own and answers 500', async () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const bug = new Error('bug')
    const { status } = await ask(() => {
      throw bug
    })
    expect(status).toBe(500)
    expect(printed).toHaveBeenCalledWith(bug)
    printed.mockRestore()
  })

  it('tells the operation when its client has gone', async () => {
    const aborted = Promise.withResolvers<void>()
    const started = Promise.withResolvers<void>()
    served = await serve({
      name: 'some',
      handle: (request, response, caller) =>
        serveJson(
          { version: '1.1', namespace: '', maxBytes: 10 },
          { request, response, caller },
          async ({ signal }) => {
            signal.addEventListener('abort', () => aborted.resolve())
            started.resolve()
            await aborted.promise
          },
        ),
      close: async () => undefined,
    })
    const client = new AbortController()
    const asked = fetch(served.endpoint, { method: 'POST', signal: client.signal }).catch(() => 'gone')
    await started.promise
    client.abort()
    await aborted.promise
    expect(await asked).toBe('gone')
  })
})
