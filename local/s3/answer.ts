/** What an operation answers, and how it goes over the wire. */
import type { ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { AwsFault, region } from '../service.ts'
import { S3Fault } from './faults.ts'
import type { S3Request } from './request.ts'
import { plainXmlDocument, type XmlNode, xmlDocument } from './xml.ts'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Text, or bytes read as the client takes them; whoever drops an answer unread ends the reader (`return`). */
  readonly body?: string | AsyncGenerator<Uint8Array, void, undefined>
}

export const emptyAnswer = (status: number, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  headers,
})

export const xmlAnswer = (
  name: string,
  content: readonly (XmlNode | undefined)[],
  headers: Readonly<Record<string, string>> = {},
): Answer => ({
  status: 200,
  headers: { 'content-type': 'application/xml', ...headers },
  body: xmlDocument(name, content),
})

/** An error as S3 words it. */
export function faultAnswer(error: unknown, request: S3Request): Answer {
  const fault =
    error instanceof AwsFault
      ? error
      : new S3Fault(500, 'InternalError', error instanceof Error ? error.message : String(error))
  const detail = Object.entries(fault.detail).map(([name, value]): XmlNode => [name, String(value)])
  return {
    status: fault.status,
    headers: { 'content-type': 'application/xml', ...(fault instanceof S3Fault ? fault.headers : {}) },
    body: plainXmlDocument('Error', [
      ['Code', fault.code],
      ['Message', fault.message],
      ...detail,
      ['Resource', `/${request.bucket}${request.key === '' ? '' : `/${request.key}`}`],
      ['RequestId', request.id],
      ['HostId', request.id],
    ]),
  }
}

/** Sends the answer; resolves when the client has it or is gone. */
export async function send(answer: Answer, request: S3Request, response: ServerResponse): Promise<void> {
  const { status, headers, body } = answer
  response.statusCode = status
  for (const [name, value] of Object.entries({
    ...headers,
    server: 'AmazonS3',
    'x-amz-request-id': request.id,
    'x-amz-id-2': request.id,
    'x-amz-bucket-region': region,
  }))
    response.setHeader(name, headerText(value))
  if (request.method === 'HEAD' || body === undefined || typeof body === 'string') {
    if (typeof body === 'object') await body.return()
    const text = typeof body === 'string' && request.method !== 'HEAD' ? body : ''
    // A HEAD's length is that of the body a GET would have; an error's is nothing.
    if (request.method !== 'HEAD' && status !== 204 && status !== 304)
      response.setHeader('content-length', Buffer.byteLength(text))
    response.end(text)
    return
  }
  try {
    await pipeline(body, response)
  } catch (error) {
    if (!response.destroyed) response.destroy(error instanceof Error ? error : undefined)
  }
}

/** Node refuses what is not Latin-1; S3 writes such metadata as RFC 2047 words. */
const headerText = (value: string) =>
  /[^\t\x20-\xff]/.test(value) ? `=?UTF-8?B?${Buffer.from(value).toString('base64')}?=` : value
