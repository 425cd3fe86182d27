/** What encoders send by HTTP, behind its HTTP API (payload 2.0): recorded before it is answered. */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda'
import { answerIngest, notedRefusals, seenCues } from '../../lib/channels/index.ts'
import { feedPorts, uploadWriter } from '../../lib/channels/ingest/store.ts'
import { credentialStore } from '../../lib/channels/ingest-api/store.ts'
import { feedMemory } from '../../lib/packaging/index.ts'
import { s3Client } from '../../lib/platform/aws/clients.ts'
import { readConfig } from '../../lib/platform/config.ts'
import { logOf } from '../../lib/platform/log.ts'

const config = readConfig(['CHANNELS_TABLE', 'UPLOAD_BUCKET', 'MEDIA_BUCKET', 'ARCHIVE_QUEUE'])
const s3 = s3Client()
const ports = feedPorts({
  s3,
  table: config.CHANNELS_TABLE,
  mediaBucket: config.MEDIA_BUCKET,
  archiveQueue: config.ARCHIVE_QUEUE,
  now: Date.now,
  randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
})
const seen = seenCues()
const noted = notedRefusals()
const memory = feedMemory()
const postpone = uploadWriter(s3, config.UPLOAD_BUCKET)
/** Nothing that comes here lies in the upload bucket. */
const upload = () => Promise.resolve(undefined)
const credentials = credentialStore({ table: config.CHANNELS_TABLE })

export async function handler(
  event: APIGatewayProxyEventV2,
  { awsRequestId }: Context,
): Promise<APIGatewayProxyStructuredResultV2> {
  const log = logOf({ handler: 'channels/ingest', requestId: awsRequestId })
  const { status, headers, body } = await answerIngest(
    { ...ports, memory, credentials, upload, postpone, seen, noted, log },
    {
      method: event.requestContext.http.method,
      path: event.rawPath,
      authorization: event.headers['authorization'],
      body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
    },
  ).finally(memory.reset)
  return { statusCode: status, headers: { ...headers }, body }
}
