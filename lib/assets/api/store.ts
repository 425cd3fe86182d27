/** Creates this room's stores for the function that answers the operator's API. */
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { orBusy } from '../../platform/aws/busy.ts'
import { s3Client, tableClient } from '../../platform/aws/clients.ts'
import { assetChanges } from '../changes/store.ts'
import { assetObjects } from '../deletion/store.ts'
import { assetList } from '../list/store.ts'
import type { UploadRoutePorts } from '../uploads/routes.ts'
import { uploadStore } from '../uploads/store.ts'
import type { AssetRoutePorts } from './routes.ts'

/** Environment variables of functions that work on assets. */
export const assetNames = ['INDEX_TABLE', 'MEDIA_BUCKET', 'UPLOAD_BUCKET', 'INGEST_QUEUE'] as const

/** The stores that a function's environment names. */
export function assetPorts(
  config: Readonly<Record<(typeof assetNames)[number], string>>,
  now: () => number,
): Pick<AssetRoutePorts, 'assets' | 'work'> & Pick<UploadRoutePorts, 'uploads'> {
  const table = config.INDEX_TABLE
  const mediaBucket = config.MEDIA_BUCKET
  const uploadBucket = config.UPLOAD_BUCKET
  const sqs = new SQSClient({})
  const assets = assetList({ table, mediaBucket })
  return {
    assets,
    uploads: uploadStore(uploadBucket),
    work: {
      finder: assets,
      rows: assetChanges({ client: tableClient(), table, now }),
      objects: assetObjects({ s3: s3Client(), uploadBucket, mediaBucket }),
      async tellIngest(MessageBody) {
        const message = new SendMessageCommand({ QueueUrl: config.INGEST_QUEUE, MessageBody })
        await sqs.send(message).catch((error: unknown) => {
          throw orBusy(error, 'SQS')
        })
      },
    },
  }
}
