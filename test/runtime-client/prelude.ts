/** A streamed HTTP response as Lambda's front takes it apart: metadata, eight zero bytes, body. */
import { expect } from 'vitest'
import type { Sent } from './runtime-api.ts'

/** A response of a Function URL. */
export interface UrlResponse {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** Takes it apart; fails where Lambda's front would. */
export function urlResponse({ to, headers, bytes, ended, trailers }: Sent): UrlResponse {
  expect({ to, ended, trailers, mode: headers['lambda-runtime-function-response-mode'] }).toEqual({
    to: 'response',
    ended: true,
    trailers: {},
    mode: 'streaming',
  })
  expect(headers['content-type']).toBe('application/vnd.awslambda.http-integration-response')
  const at = bytes.indexOf(Buffer.alloc(8))
  expect(at, `no prelude in ${bytes.length} bytes: ${bytes.subarray(0, 200).toString()}`).toBeGreaterThan(0)
  const { statusCode, headers: named } = JSON.parse(bytes.subarray(0, at).toString()) as UrlResponse
  return { statusCode, headers: named, body: bytes.subarray(at + 8) }
}
