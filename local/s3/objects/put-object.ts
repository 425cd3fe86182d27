/** PutObject. */
import { askKey, askOnObject, type S3Context } from '../access.ts'
import { bringsAcl } from '../acl.ts'
import { type Answer, emptyAnswer } from '../answer.ts'
import type { Received } from '../bytes/body.ts'
import { receive } from '../bytes/body.ts'
import type { ObjectHead } from '../model.ts'
import type { S3Request } from '../request.ts'
import { type NewObject, storedPart } from '../storing/object-store.ts'
import { writeCondition } from './conditions.ts'
import { objectHead, writtenHeaders } from './object-head.ts'

export async function putObject(context: S3Context, request: S3Request): Promise<Answer> {
  const { store } = context
  const { bucket, key, header } = request
  const { config } = store.bucket(bucket)
  const head = objectHead(request, config)
  askWrite(context, request, head)
  const condition = writeCondition(header, store.current(bucket, key))
  const received = await receive(store.blobs, request)
  const version = await store.put(bucket, singlePart(key, head, received), {
    eventName: 'ObjectCreated:Put',
    requestId: request.id,
    condition,
  })
  return emptyAnswer(200, writtenHeaders(store.bucket(bucket).config, version))
}

/** What writing an object needs: itself, its tags, its key, and sight of what it is compared with. */
export function askWrite(context: S3Context, request: S3Request, { tags, encryption }: ObjectHead) {
  const { header, caller } = request
  askOnObject(context, request, 's3:PutObject', {
    's3:x-amz-server-side-encryption': header('x-amz-server-side-encryption') ?? encryption.algorithm,
    ...(header('if-none-match') === undefined ? {} : { 's3:if-none-match': '*' }),
  })
  if (bringsAcl(request)) askOnObject(context, request, 's3:PutObjectAcl')
  if (Object.keys(tags).length > 0) askOnObject(context, request, 's3:PutObjectTagging')
  if (header('if-match') !== undefined) askOnObject(context, request, 's3:GetObject')
  askKey(context, caller, 'kms:GenerateDataKey', encryption)
}

/** An object that came in one piece. */
export function singlePart(key: string, head: ObjectHead, received: Received): NewObject {
  const part = { number: 1, modifiedMs: 0, ...storedPart(received, head.encryption.algorithm) }
  const { etag, sizeBytes, checksum } = part
  return { ...head, key, etag, sizeBytes, checksum, parts: [part] }
}
