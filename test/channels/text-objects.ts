/** Objects of a live text track in the media bucket. */
import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3'
import { readObject } from '../../lib/platform/aws/objects.ts'

/** Bytes of the only object whose key ends so. */
export async function bytesIfAny(client: S3Client, ending: string): Promise<Buffer> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: 'media' }))
  const keys = Contents.flatMap(({ Key }) => (Key?.endsWith(ending) ? [Key] : []))
  if (keys.length !== 1 || keys[0] === undefined)
    throw new Error(
      `expected one object ${ending}, got ${keys.length} of ${Contents.map(({ Key }) => Key).join('\n')}`,
    )
  return Buffer.from(await readObject(client, { bucket: 'media', key: keys[0] }))
}
