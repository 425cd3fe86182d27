/** The operator's API behind an HTTP API (payload 2.0). */
import { operatorKey } from '../../lib/catalogue/access/store.ts'
import { assetStore } from '../../lib/catalogue/assets/store.ts'
import { behindGateway, catalogueApi, verifyWithKeptKey } from '../../lib/catalogue/index.ts'
import { sessionStore } from '../../lib/catalogue/sessions/store.ts'
import { uploadStore } from '../../lib/catalogue/uploads/store.ts'
import { s3Client, tableClient } from '../../lib/platform/clients.ts'
import { keyTexts } from '../../lib/platform/key-texts.ts'
import { logOf } from '../../lib/platform/log.ts'
import { verifyOperatorToken } from '../../lib/platform/operator-token.ts'
import { filmShelf } from '../../lib/rights/films/store.ts'
import { keptFor, publishProtection } from '../../lib/rights/index.ts'
import { rightsRoom } from '../../lib/rights/store.ts'
import { revocationStore } from '../../lib/rights/tokens/store.ts'

const environment = (name: string): string => process.env[name] ?? ''
const log = logOf({ handler: 'api' })
const now = Date.now
const randomBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length))
const table = environment('RIGHTS_TABLE')
const client = tableClient()
const rights = rightsRoom({ table, wrappingKey: environment('CONTENT_KEYS') }, { client, now, randomBytes })
const sessions = sessionStore(environment('SESSION_STORE'))
const shelf = filmShelf({
  s3: s3Client(),
  mediaBucket: environment('MEDIA_BUCKET'),
  client,
  indexTable: environment('INDEX_TABLE'),
  // As lambdas/delivery/viewer-request.js reads it.
  seal: (contentId, isSealed) => sessions.put(`p.${contentId}`, isSealed ? '1' : '0'),
})
const licenceUrl = environment('LICENCE_URL')

export const handler = behindGateway(
  catalogueApi({
    assets: assetStore({ table: environment('INDEX_TABLE'), mediaBucket: environment('MEDIA_BUCKET') }),
    uploads: uploadStore(environment('UPLOAD_BUCKET')),
    sessions,
    rights: {
      ...rights,
      publish: (contentId: string) => publishProtection(rights, contentId, { shelf, licenceUrl }),
      revocations: revocationStore({ table, client }),
      keyTexts: keptFor(30_000, now, () => keyTexts(environment('PLAYBACK_SECRET'))),
    },
    verify: verifyWithKeptKey(operatorKey(environment('OPERATOR_SECRET')), {
      verify: verifyOperatorToken,
      now,
    }),
    playbackUrl: environment('PLAYBACK_URL'),
    now,
    randomBytes,
    report: (error, request) => log.error('request failed', error, { ...request }),
  }),
)
