/** The licence function behind its HTTP API (payload 2.0): request and response bodies pass byte for byte. */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { keyTexts } from '../../lib/platform/aws/key-texts.ts'
import { signedTables } from '../../lib/platform/aws/signed-tables.ts'
import { cached } from '../../lib/platform/cache.ts'
import { readConfig } from '../../lib/platform/config.ts'
import { outbound } from '../../lib/platform/http/outbound.ts'
import { logOf } from '../../lib/platform/log.ts'
import { answerLicence, cachedRanges, keyOpener, licenceProxy } from '../../lib/rights/index.ts'
import { kidOwners, licenceFacts, licenceServers } from '../../lib/rights/licences/store.ts'
import { rightsPorts } from '../../lib/rights/store.ts'

const config = readConfig([
  'RIGHTS_TABLE',
  'CONTENT_KEYS',
  'PLAYBACK_SECRET',
  'LICENCE_SERVERS',
  'FRONT_SECRET',
])
const now = Date.now
const table = config.RIGHTS_TABLE
const tables = signedTables()
/** Set by the local cloud, whose licence servers run on this machine. */
const allowLoopback = process.env['LICENCE_LOOPBACK'] === 'allowed'
const randomBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length))
const places = { table, wrappingKey: config.CONTENT_KEYS }
const rights = rightsPorts(places, { tables, now, randomBytes })
const store = cachedRanges(rights.keyStore, now)
/** Delay until a changed secret is in use everywhere. */
const ttlMs = 5 * 60_000
const ports = {
  ...rights,
  keyStore: store.keyStore,
  opener: keyOpener({ keyStore: rights.keyStore, now }),
  facts: licenceFacts({ table, tables, now, learned: store.forget }),
  owners: kidOwners({ table, tables }),
  keyTexts: cached(ttlMs, now, () => keyTexts(config.PLAYBACK_SECRET)),
  servers: cached(ttlMs, now, () => licenceServers(config.LICENCE_SERVERS)),
  proxy: licenceProxy({ send: outbound({ allowLoopback }), now, allowLoopback }),
  hasTooManyStreams: () => Promise.resolve(false),
  frontSecrets: cached(ttlMs, now, () => keyTexts(config.FRONT_SECRET)),
  log: logOf({ handler: 'licence' }),
}

export async function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const { status, headers, body } = await answerLicence(ports, {
    method: event.requestContext.http.method,
    path: event.rawPath,
    headers: event.headers,
    query: event.rawQueryString,
    body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
    requestId: event.requestContext.requestId,
  })
  return {
    statusCode: status,
    headers,
    body: Buffer.from(body).toString('base64'),
    isBase64Encoded: true,
  }
}
