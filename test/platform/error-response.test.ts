/** One policy for errors: what every door tells of what was thrown within. */
import { describe, expect, it } from 'vitest'
import { type ManifestResponse, respondAlways } from '../../lib/delivery/index.ts'
import { HeadendError } from '../../lib/errors.ts'
import { errorHeaders, errorResponse } from '../../lib/platform/http/error-response.ts'
import { logOf } from '../../lib/platform/log.ts'
import { answerExchange, answerLicence, answerSpekeHttp } from '../../lib/rights/index.ts'
import { memoryApi } from '../api/parts.ts'
import { clearPackager } from '../packaging/segments/clear-packager.ts'

interface Told {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  readonly logged: number
}

/** What every service of a room becomes: each call, however deep, fails. */
function failing(fault: unknown): never {
  const service: unknown = new Proxy(() => undefined, {
    apply: () => Promise.reject(fault),
    get: (_, name) => (name === 'then' ? undefined : service),
  })
  return service as never
}

const film = 'vod/film/v0123456789abcdef'

/** Asks a door whose room fails. */
const doors: Readonly<Record<string, (error: unknown) => Promise<Told>>> = {
  async 'the operator’s API'(error) {
    const { call, faults } = memoryApi({ assets: failing(error) })
    const { status, headers, json } = await call('GET', '/v1/assets/film')
    return { status, headers: Object.fromEntries(headers), text: JSON.stringify(json), logged: faults.length }
  },
  async licences(error) {
    const lines: string[] = []
    const room = { servers: failing(error), log: logOf({}, (line) => lines.push(line)) }
    const path = '/licence/fairplay/certificate'
    const request = { method: 'GET', path, headers: {}, body: new Uint8Array(), requestId: 'r' }
    const { body, ...answer } = await answerLicence(room as never, request)
    return { ...answer, text: new TextDecoder().decode(body), logged: lines.length }
  },
  async 'the key server'(error) {
    const lines: string[] = []
    const room = { users: failing(error), log: logOf({}, (line) => lines.push(line)) }
    const path = '/basic/speke/v2.0/copyProtection'
    const request = { method: 'POST', path, headers: {}, body: new Uint8Array(), requestId: 'r' }
    const { body, ...answer } = await answerSpekeHttp(room as never, request)
    return { ...answer, text: `${answer.headers['headend-error']} ${body}`, logged: lines.length }
  },
  async 'the key exchange'(error) {
    const lines: string[] = []
    const room = { archive: failing(error), log: logOf({}, (line) => lines.push(line)) }
    const body = Buffer.from(JSON.stringify({ content: 'vod/film', recipient: 'AAAA' }))
    const request = { method: 'POST', path: '/keys/export', signer: 'arn', body, requestId: 'r' }
    const { body: text, ...answer } = await answerExchange(room as never, request)
    return { ...answer, text, logged: lines.length }
  },
  async manifests(error) {
    let logged = 0
    const request = { method: 'GET', path: 'vod/film/index.m3u8' }
    const { body, ...answer }: ManifestResponse = await respondAlways(request, failing(error), {
      log: () => logged++,
    })
    return { ...answer, text: body, logged }
  },
  async media(error) {
    let logged = 0
    const request = { method: 'GET', path: `/media/clear/${film}/video-1/1.0.m4s`, headers: {} }
    const { status, headers, body } = await clearPackager(failing(error)).answer(request, () => logged++)
    return { status, headers, text: Buffer.concat(body).toString(), logged }
  },
}

describe.each(Object.entries(doors))('%s', (_, ask) => {
  it('says “try again” as 503, with when', async () => {
    const { status, headers, text, logged } = await ask(
      new HeadendError('TABLE_BUSY', 'table: it takes no more for the moment', { status: 503 }),
    )
    expect([status, headers['retry-after'], logged]).toEqual([503, '1', 1])
    expect(text).toContain('TABLE_BUSY')
  })

  it.each([
    ['an error nobody foresaw', new TypeError('arn:aws:dynamodb of undefined')],
    ['an error of the SDK', Object.assign(new Error('arn:aws:kms is denied'), { code: 'AccessDenied' })],
    ['a fault of ours', new HeadendError('TIMELINE_FORMAT', 'arn:aws:s3: of tomorrow', { status: 500 })],
  ])('tells of %s no more than a code, and logs it', async (_name, error) => {
    const { status, headers, text, logged } = await ask(error)
    expect([500, 502]).toContain(status)
    expect(text).toMatch(/\b(INTERNAL_ERROR|MEDIA_FAILED|MANIFEST_FAILED)\b/)
    expect(`${text} ${JSON.stringify(headers)}`).not.toMatch(/arn:|TIMELINE_FORMAT|AccessDenied/)
    expect([headers['retry-after'], logged]).toEqual([undefined, 1])
  })
})

describe('an answer to an error', () => {
  const told = (error: unknown, more: Partial<Parameters<typeof errorResponse<string>>[1]> = {}) => {
    const logged: unknown[] = []
    const say = ({ status, code }: HeadendError) => `${status} ${code}`
    return [errorResponse(error, { say, log: (one) => logged.push(one), ...more }), logged.length]
  }
  const gone = new HeadendError('OBJECT_GONE', 'gone', { status: 404 })
  const upstream = new HeadendError('KEY_WRAPPING', 'KMS gave nothing', { status: 502 })

  it('is a refusal as it is, which is no line in the log', () => {
    expect(told(gone)).toEqual(['404 OBJECT_GONE', 0])
  })

  it('is a refusal where the door says so alone', () => {
    expect(told(gone, { refuses: () => false })).toEqual(['500 INTERNAL_ERROR', 1])
  })

  it('says what is behind the door where that is its owner’s to mend', () => {
    expect(told(upstream)).toEqual(['500 INTERNAL_ERROR', 1])
    expect(told(upstream, { saysUpstream: true })).toEqual(['502 KEY_WRAPPING', 1])
  })

  it('asks for a token, or says that the one it got is none (RFC 6750 3.1)', () => {
    const asked = (code: 'TOKEN_MISSING' | 'TOKEN_INVALID') => errorHeaders({ status: 401, code })
    expect(asked('TOKEN_MISSING')).toEqual({ 'www-authenticate': 'Bearer error="invalid_request"' })
    expect(asked('TOKEN_INVALID')).toEqual({ 'www-authenticate': 'Bearer error="invalid_token"' })
    expect(errorHeaders({ status: 403, code: 'LICENCE_KEY' })).toEqual({})
  })
})
