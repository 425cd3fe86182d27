import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { encodedAnswer, maxAnswerBytes } from '../../lib/platform/http/encoded-answer.ts'

const text = '#EXTINF:2.0,\n1.0.m4s\n'.repeat(1000)
const answer = (body: string) => ({ status: 200, headers: { 'content-type': 'text/plain' }, body })

describe('an answer through a buffered Function URL', () => {
  it.each([
    ['br,gzip', 'br'],
    ['gzip', 'gzip'],
    ['br', 'br'],
    ['GZIP;q=0.5', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['br;q=0.0', undefined],
    ['identity', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('that may be encoded as %s is encoded as %s', async (accepted, encoding) => {
    const { headers, body, isBase64Encoded } = (await encodedAnswer(answer(text), accepted)) ?? {}
    expect([headers?.['content-encoding'], headers?.['vary'], isBase64Encoded]).toEqual([
      encoding,
      'accept-encoding',
      encoding !== undefined,
    ])
    const bytes = Buffer.from(body ?? '', 'base64')
    const decoded =
      encoding === undefined
        ? body
        : (encoding === 'br' ? brotliDecompressSync : gunzipSync)(bytes).toString()
    expect(decoded).toBe(text)
  })

  it('that is short is sent as it is', async () => {
    expect(await encodedAnswer(answer('short'), 'gzip')).toMatchObject({
      body: 'short',
      isBase64Encoded: false,
    })
  })

  it('that does not fit, counted in the JSON Lambda takes, is none', async () => {
    const around = JSON.stringify(await encodedAnswer(answer(''))).length
    // A quote takes two bytes of JSON.
    const fits = `"${'a'.repeat(maxAnswerBytes - around - 2)}`
    expect((await encodedAnswer(answer(fits)))?.body).toBe(fits)
    expect(await encodedAnswer(answer(`${fits}a`))).toBeUndefined()
    expect(await encodedAnswer(answer(`${fits}a`), 'gzip')).toMatchObject({ statusCode: 200 })
  })
})
