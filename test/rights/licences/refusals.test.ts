/** What rights refuse, by the codes that no test of one room alone provokes. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { logOf } from '../../../lib/platform/log.ts'
import { keyArchive } from '../../../lib/rights/exchange/store.ts'
import { answerExchange, answerSpekeHttp } from '../../../lib/rights/index.ts'
import { mediaTypeOf } from '../../../lib/rights/licences/media-type.ts'
import { licenceServers } from '../../../lib/rights/licences/store.ts'
import { encrypted } from '../../../lib/rights/publication/changes.ts'
import { spekeUsers } from '../../../lib/rights/speke/store.ts'
import { request } from '../../formats/cpix/requests.ts'

const log = logOf({}, () => undefined)
/** What every secret of this Secrets Manager holds. */
let held = ''
const secrets = createServer((asked, response) => {
  asked.resume()
  response.setHeader('content-type', 'application/x-amz-json-1.1')
  response.end(JSON.stringify({ SecretString: held }))
})

beforeAll(async () => {
  await new Promise<void>((done) => secrets.listen(0, '127.0.0.1', done))
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(secrets.address() as AddressInfo).port}`)
  vi.stubEnv('AWS_REGION', 'us-east-1')
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, 'test')
})
afterAll(() => {
  vi.unstubAllEnvs()
  secrets.closeAllConnections()
  secrets.close()
})

describe('is refused', () => {
  it('KEYS_AUTHORIZATION: keys without a signer', async () => {
    const body = Buffer.from('{}')
    const asked = { method: 'POST', path: '/keys/export', body, requestId: 'r' }
    expect(await answerExchange({ log } as never, asked)).toMatchObject({
      status: 403,
      body: expect.stringContaining('KEYS_AUTHORIZATION'),
    })
  })

  it('KEYS_MANY: an export of more keys than a document has', async () => {
    const record = {
      contentId: 'vod/film',
      label: 'ALL',
      period: 0,
      kid: '0'.repeat(32),
      iv: '0'.repeat(32),
      checksum: 'AAAAAAAAAAA=',
      wrapped: new Uint8Array(8),
    }
    const tables = { query: () => Promise.resolve({ items: [record, record, record], next: undefined }) }
    const archive = keyArchive({ table: 'rights', tables, wrappingKey: 'key' })
    await expect(archive.all('vod/film', 2)).rejects.toMatchObject({ code: 'KEYS_MANY', status: 413 })
  })

  it.each(['a/b, c/d', 'no type', 'a/b; c'])('LICENCE_CONTENT_TYPE: %s', (header) => {
    expect(() => mediaTypeOf(header)).toThrow(
      expect.objectContaining({ code: 'LICENCE_CONTENT_TYPE', status: 400 }),
    )
  })

  it.each(['{"widevine":{"url":7}}', '[]', 'no JSON'])(
    'LICENCE_SERVERS: a secret that holds %s',
    async (text) => {
      held = text
      await expect(licenceServers('servers')).rejects.toMatchObject({ code: 'LICENCE_SERVERS', status: 500 })
    },
  )

  it.each(['{}', '{"username":"packager","password":"short"}', 'no JSON'])(
    'SPEKE_SECRET: a secret that holds %s',
    async (text) => {
      held = text
      await expect(spekeUsers('speke')).rejects.toMatchObject({ code: 'SPEKE_SECRET', status: 500 })
    },
  )

  it('SPEKE_RECIPIENTS: keys for 33 recipients', async () => {
    const recipient =
      '<cpix:DeliveryData><cpix:DeliveryKey><ds:X509Data xmlns:ds="http://www.w3.org/2000/09/xmldsig#">' +
      '<ds:X509Certificate>AAAA</ds:X509Certificate></ds:X509Data></cpix:DeliveryKey></cpix:DeliveryData>'
    const answer = await answerSpekeHttp({ log } as never, {
      method: 'POST',
      path: '/speke/v2.0/copyProtection',
      headers: { 'x-speke-version': '2.0' },
      signer: 'arn:aws:iam::000000000000:user/packager',
      body: Buffer.from(request({ delivery: recipient.repeat(33) })),
      requestId: 'r',
    })
    expect([answer.status, answer.headers['headend-error']]).toEqual([413, 'SPEKE_RECIPIENTS'])
  })

  it('PROTECTION_NONE: keys of what has none', () => {
    expect(() => encrypted('vod/film', { mode: 'none' })).toThrow(
      expect.objectContaining({ code: 'PROTECTION_NONE', status: 409 }),
    )
  })
})
