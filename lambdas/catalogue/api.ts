/** The operator's API behind an HTTP API (payload 2.0). */
import { handle } from 'hono/aws-lambda'
import { operatorKey } from '../../lib/catalogue/access/store.ts'
import { assetStore } from '../../lib/catalogue/assets/store.ts'
import { catalogueApi, verifyWithKeptKey } from '../../lib/catalogue/index.ts'
import { sessionStore } from '../../lib/catalogue/sessions/store.ts'
import { uploadStore } from '../../lib/catalogue/uploads/store.ts'
import { logOf } from '../../lib/platform/log.ts'
import { verifyOperatorToken } from '../../lib/platform/operator-token.ts'

const environment = (name: string): string => process.env[name] ?? ''
const log = logOf({ handler: 'api' })

export const handler = handle(
  catalogueApi({
    assets: assetStore({ table: environment('INDEX_TABLE'), mediaBucket: environment('MEDIA_BUCKET') }),
    uploads: uploadStore(environment('UPLOAD_BUCKET')),
    sessions: sessionStore(environment('SESSION_STORE')),
    verify: verifyWithKeptKey(operatorKey(environment('OPERATOR_SECRET')), {
      verify: verifyOperatorToken,
      now: Date.now,
    }),
    playbackUrl: environment('PLAYBACK_URL'),
    now: Date.now,
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    report: (error, request) => log.error('request failed', error, { ...request }),
  }),
)
