/**
 * The packager behind its Function URL: builds init and media segments on request and streams them, as they may be
 * long.
 */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createPackager, mediaReader } from '../../lib/packaging/index.ts'
import { signedObjects } from '../../lib/platform/aws/signed-objects.ts'
import { signedTables } from '../../lib/platform/aws/signed-tables.ts'
import { readConfig } from '../../lib/platform/config.ts'
import { nodeAes } from '../../lib/platform/crypto/aes.ts'
import { logOf } from '../../lib/platform/log.ts'
import { mediaRightsPorts } from '../../lib/rights/store.ts'

const config = readConfig(['UPLOAD_BUCKET', 'MEDIA_BUCKET', 'RIGHTS_TABLE', 'CONTENT_KEYS'])
const packager = createPackager({
  reader: mediaReader(signedObjects, {
    uploadBucket: config.UPLOAD_BUCKET,
    mediaBucket: config.MEDIA_BUCKET,
  }),
  rights: mediaRightsPorts(
    { table: config.RIGHTS_TABLE, wrappingKey: config.CONTENT_KEYS },
    { tables: signedTables(), now: Date.now },
  ),
  aes: nodeAes,
})

interface UrlEvent {
  readonly rawPath: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly requestContext: { readonly http: { readonly method: string } }
}

export const handler = awslambda.streamifyResponse<UrlEvent>(async (event, stream, { awsRequestId }) => {
  const log = logOf({ handler: 'segment', requestId: awsRequestId, path: event.rawPath })
  const { status, headers, body, giveBack } = await packager.answer(
    { method: event.requestContext.http.method, path: event.rawPath, headers: event.headers },
    (error) => log.error('segment failed', error),
  )
  const out = awslambda.HttpResponseStream.from(stream, { statusCode: status, headers: { ...headers } })
  // Status and headers are sent only with the first write; a response may have no other write.
  out.write('')
  try {
    // The whole body is in memory: an error halfway can only be the connection.
    await pipeline(Readable.from(body, { objectMode: false }), out)
    giveBack?.()
  } catch (error) {
    log.error('segment broken off', error)
    throw error
  }
})
