/** Tagging of objects, and GetObjectAttributes. */
import { askKey, askOnObject, checkVersionId, readVersion, type S3Context } from '../access.ts'
import { type Answer, emptyAnswer, xmlAnswer } from '../answer.ts'
import { receiveText } from '../bytes/body.ts'
import { invalidArgument } from '../faults.ts'
import type { ObjectVersion } from '../model.ts'
import { integerParameter, type S3Request } from '../request.ts'
import { elements, parseXml, requiredText, type XmlNode } from '../xml.ts'
import { checksumElement } from './copy-object.ts'
import { checkedTags, headerTime, versionHeaders } from './object-head.ts'

export function getObjectTagging(context: S3Context, request: S3Request): Answer {
  const version = versionFor(context, request, 's3:GetObjectTagging')
  const tags = Object.entries(version.tags).map(
    ([name, value]): XmlNode => [
      'Tag',
      [
        ['Key', name],
        ['Value', value],
      ],
    ],
  )
  return xmlAnswer('Tagging', [['TagSet', tags]], headersFor(context, request, version))
}

export async function putObjectTagging(context: S3Context, request: S3Request): Promise<Answer> {
  const before = versionFor(context, request, 's3:PutObjectTagging')
  const document = parseXml(await receiveText(request), 'Tagging')
  const pairs = elements(document, 'TagSet')
    .flatMap((set) => elements(set, 'Tag'))
    .map((tag) => [requiredText(tag, 'Key'), requiredText(tag, 'Value')] as const)
  await context.store.setTags(request.bucket, before, checkedTags(pairs))
  return emptyAnswer(200, headersFor(context, request, before))
}

export async function deleteObjectTagging(context: S3Context, request: S3Request): Promise<Answer> {
  const version = versionFor(context, request, 's3:DeleteObjectTagging')
  await context.store.setTags(request.bucket, version, {})
  return emptyAnswer(204, headersFor(context, request, version))
}

export function getObjectAttributes(context: S3Context, request: S3Request): Answer {
  const versionId = request.query.get('versionId') ?? undefined
  const version = versionFor(context, request, 's3:GetObject')
  askOnObject(
    context,
    request,
    versionId === undefined ? 's3:GetObjectAttributes' : 's3:GetObjectVersionAttributes',
  )
  askKey(context, request.caller, 'kms:Decrypt', version.encryption)
  const wanted = new Set(
    (request.header('x-amz-object-attributes') ?? '').split(',').map((name) => name.trim()),
  )
  const nodes: Readonly<Record<string, () => XmlNode | undefined>> = {
    ETag: () => ['ETag', version.etag],
    Checksum: () => [
      'Checksum',
      [
        [checksumElement(version.checksum.algorithm), version.checksum.value],
        ['ChecksumType', version.checksum.type],
      ],
    ],
    ObjectParts: () => objectParts(request, version),
    StorageClass: () => ['StorageClass', version.storageClass ?? 'STANDARD'],
    ObjectSize: () => ['ObjectSize', version.sizeBytes],
  }
  for (const name of wanted)
    if (!Object.hasOwn(nodes, name)) throw invalidArgument('Invalid attribute name specified.')
  return xmlAnswer(
    'GetObjectAttributesResponse',
    Object.entries(nodes).map(([name, node]) => (wanted.has(name) ? node() : undefined)),
    { 'last-modified': headerTime(version.modifiedMs), ...headersFor(context, request, version) },
  )
}

/** Part by part only where parts have checksums of their own, as in S3. */
function objectParts({ header }: S3Request, version: ObjectVersion): XmlNode | undefined {
  if (version.uploadId === undefined) return undefined
  const count: XmlNode = ['PartsCount', version.parts.length]
  if (version.checksum.type !== 'COMPOSITE') return ['ObjectParts', [count]]
  const query = new URLSearchParams({
    'max-parts': header('x-amz-max-parts') ?? '',
    'part-number-marker': header('x-amz-part-number-marker') ?? '',
  })
  const max = integerParameter(query, 'max-parts', { fallback: 1000, max: 1000 })
  const marker = integerParameter(query, 'part-number-marker', { fallback: 0, max: 10_000 })
  const rest = version.parts.filter(({ number }) => number > marker)
  const page = rest.slice(0, max)
  return [
    'ObjectParts',
    [
      count,
      ['PartNumberMarker', marker],
      ['NextPartNumberMarker', page.at(-1)?.number ?? 0],
      ['MaxParts', max],
      ['IsTruncated', rest.length > max],
      ...page.map(
        ({ number, sizeBytes, checksum }): XmlNode => [
          'Part',
          [
            ['PartNumber', number],
            ['Size', sizeBytes],
            [checksumElement(checksum.algorithm), checksum.value],
          ],
        ],
      ),
    ],
  ]
}

function versionFor(context: S3Context, request: S3Request, action: string): ObjectVersion {
  const { bucket, key, caller, query } = request
  const versionId = query.get('versionId') ?? undefined
  checkVersionId(versionId)
  return readVersion(context, { bucket, key, caller, versionId, action })
}

const headersFor = ({ store }: S3Context, { bucket }: S3Request, version: ObjectVersion) =>
  versionHeaders(store.bucket(bucket).config, version.versionId)
