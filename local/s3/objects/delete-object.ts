/** DeleteObject and DeleteObjects. */

import { AwsFault } from '../../service.ts'
import { ask, askOnObject, checkVersionId, type S3Context } from '../access.ts'
import { type Answer, emptyAnswer, xmlAnswer } from '../answer.ts'
import { receiveText } from '../bytes/body.ts'
import { invalidRequest, malformedXml } from '../faults.ts'
import type { S3Request } from '../request.ts'
import { elements, parseXml, requiredText, textOf, type XmlElement, type XmlNode } from '../xml.ts'
import { writeCondition } from './conditions.ts'

export async function deleteObject(context: S3Context, request: S3Request): Promise<Answer> {
  const { store } = context
  const { bucket, key, query, header } = request
  const versionId = query.get('versionId') ?? undefined
  store.bucket(bucket)
  askOnObject(context, request, versionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion')
  checkVersionId(versionId)
  const condition =
    header('if-match') === undefined ? undefined : writeCondition(header, store.current(bucket, key))
  const deleted = await store.delete(bucket, { key, versionId }, { requestId: request.id, condition })
  return emptyAnswer(204, {
    ...(deleted.versionId === undefined ? {} : { 'x-amz-version-id': deleted.versionId }),
    ...(deleted.deleteMarker ? { 'x-amz-delete-marker': 'true' } : {}),
  })
}

export async function deleteObjects(context: S3Context, request: S3Request): Promise<Answer> {
  context.store.bucket(request.bucket)
  if (
    request.ownHeader('content-md5') === undefined &&
    !Object.keys(request.headers).some((name) => /^x-amz-(checksum-|trailer$|content-sha256$)/.test(name))
  )
    throw invalidRequest('Missing required header for this request: Content-MD5')
  const document = parseXml(await receiveText(request), 'Delete')
  const objects = elements(document, 'Object')
  if (objects.length === 0 || objects.length > 1000) throw malformedXml()
  const quiet = textOf(document, 'Quiet')?.trim() === 'true'
  // All at once: the journal commits them together.
  const results = await Promise.all(objects.map((object) => deleteOne(context, request, object)))
  return xmlAnswer(
    'DeleteResult',
    results.filter(([name]) => name === 'Error' || !quiet),
  )
}

async function deleteOne(context: S3Context, request: S3Request, object: XmlElement): Promise<XmlNode> {
  const key = requiredText(object, 'Key')
  const versionId = textOf(object, 'VersionId')
  const etag = textOf(object, 'ETag')
  const { bucket, caller } = request
  const named: readonly (XmlNode | undefined)[] = [
    ['Key', key],
    versionId === undefined ? undefined : ['VersionId', versionId],
  ]
  try {
    const action = versionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion'
    ask(context, caller, action, { bucket, key })
    checkVersionId(versionId)
    const condition =
      etag === undefined
        ? undefined
        : writeCondition(
            (name) => (name === 'if-match' ? etag : undefined),
            context.store.current(bucket, key),
          )
    const deleted = await context.store.delete(
      bucket,
      { key, versionId },
      { requestId: request.id, condition },
    )
    return [
      'Deleted',
      [
        ...named,
        deleted.deleteMarker ? ['DeleteMarker', true] : undefined,
        deleted.deleteMarker && deleted.versionId !== undefined
          ? ['DeleteMarkerVersionId', deleted.versionId]
          : undefined,
      ],
    ]
  } catch (error) {
    if (!(error instanceof AwsFault)) throw error
    return ['Error', [...named, ['Code', error.code], ['Message', error.message]]]
  }
}
