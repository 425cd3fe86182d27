/** The operator's API behind an HTTP API (payload 2.0). */
import { behindGateway, operatorApi } from '../../lib/api/index.ts'
import { apiNames, apiPorts } from '../../lib/api/store.ts'
import { s3Client, tableClient } from '../../lib/platform/aws/clients.ts'
import { keyTexts } from '../../lib/platform/aws/key-texts.ts'
import { runtime, runtimeFront } from '../../lib/platform/aws/runtime.ts'
import { signedTables } from '../../lib/platform/aws/signed-tables.ts'
import { cached } from '../../lib/platform/cache.ts'
import { readConfig } from '../../lib/platform/config.ts'
import { logOf } from '../../lib/platform/log.ts'
import { operatorVerifier } from '../../lib/platform/operator/operator-key.ts'
import { publishing, publishingNames } from '../../lib/rights/store.ts'
import { revocationStore } from '../../lib/rights/tokens/store.ts'

const config = readConfig([...apiNames, 'RIGHTS_TABLE', 'PLAYBACK_SECRET', 'OPERATOR_SECRET'])
const log = logOf({ handler: 'api' })
const now = Date.now
const randomBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length))
const [client, front] = [tableClient(), runtimeFront()]
const { rights, publish, showChannel, ...sealing } = publishing(readConfig(publishingNames), {
  client,
  s3: s3Client(),
  front,
  invalidation: runtime,
  now,
  randomBytes,
  report: (event, error) => log.error(event, error),
})

export const handler = behindGateway(
  operatorApi({
    ...apiPorts(config, now),
    sealing,
    keyHolds: rights.holds,
    protect: (id, windowSeconds) => showChannel(`live/${id}`, windowSeconds),
    restKeys: (id) => rights.protection.putDue(`live/${id}`, undefined),
    rights: {
      ...rights,
      publish: (contentId, change) => publish(contentId, { change }),
      revocations: revocationStore({ table: config.RIGHTS_TABLE, tables: signedTables() }),
      keyTexts: cached(30_000, now, () => keyTexts(config.PLAYBACK_SECRET)),
    },
    verify: operatorVerifier(config.OPERATOR_SECRET, now),
    playbackUrl: async () => (await front()).playbackUrl,
    now,
    randomBytes,
    answered: (request) => log.info('request', { ...request }),
    report: (error, request) => log.error('request failed', error, { ...request }),
  }),
)
