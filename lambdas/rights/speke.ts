/** The key server function behind its HTTP API (payload 2.0). */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { runtimeFront } from '../../lib/platform/aws/runtime.ts'
import { signedTables } from '../../lib/platform/aws/signed-tables.ts'
import { cached } from '../../lib/platform/cache.ts'
import { readConfig } from '../../lib/platform/config.ts'
import { cpixCrypto } from '../../lib/platform/crypto/cpix-crypto.ts'
import { logOf } from '../../lib/platform/log.ts'
import { keyArchive } from '../../lib/rights/exchange/store.ts'
import { answerExchange, answerSpekeHttp, keyOpener } from '../../lib/rights/index.ts'
import { spekeUsers } from '../../lib/rights/speke/store.ts'
import { rightsPorts } from '../../lib/rights/store.ts'

const config = readConfig(['RIGHTS_TABLE', 'CONTENT_KEYS', 'SPEKE_SECRET'])
const now = Date.now
const randomBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length))
const tables = signedTables()
const places = { table: config.RIGHTS_TABLE, wrappingKey: config.CONTENT_KEYS }
const rights = rightsPorts(places, { tables, now, randomBytes })
const ports = {
  ...rights,
  opener: keyOpener({ keyStore: rights.keyStore, now }),
  users: cached(60_000, now, () => spekeUsers(config.SPEKE_SECRET)),
  archive: keyArchive({ ...places, tables }),
  crypto: cpixCrypto,
  front: runtimeFront(),
  log: logOf({ handler: 'speke' }),
}

/** Fields the gateway's IAM authorizer adds. */
interface Signed {
  readonly authorizer?: { readonly iam?: { readonly userArn?: string } }
}

export async function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const { http, requestId, authorizer }: APIGatewayProxyEventV2['requestContext'] & Signed =
    event.requestContext
  const answer = event.rawPath.startsWith('/keys/') ? answerExchange : answerSpekeHttp
  const { status, headers, body } = await answer(ports, {
    method: http.method,
    path: event.rawPath,
    headers: event.headers,
    signer: authorizer?.iam?.userArn,
    body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
    requestId,
  })
  return { statusCode: status, headers, body }
}
