/** ListObjectsV2, ListObjects and ListObjectVersions. */
import { account } from '../../service.ts'
import { ask, type S3Context } from '../access.ts'
import { type Answer, xmlAnswer } from '../answer.ts'
import { invalidArgument } from '../faults.ts'
import type { ObjectVersion, Version } from '../model.ts'
import { encodeKey, integerParameter, type S3Request } from '../request.ts'
import { pageOf } from '../storing/sorted-keys.ts'
import type { XmlNode } from '../xml.ts'
import { xmlTime } from './object-head.ts'

/** What all listings have in common. */
export interface Listing {
  readonly prefix: string
  readonly delimiter: string
  readonly max: number
  /** Keys as the client wants them written. */
  readonly write: (key: string) => string
  readonly encoding: XmlNode | undefined
}

export function parseListing(query: URLSearchParams, maxParameter: string): Listing {
  const encoding = query.get('encoding-type')
  if (encoding !== null && encoding !== 'url')
    throw invalidArgument('Invalid Encoding Method specified in Request')
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    max: integerParameter(query, maxParameter, { fallback: 1000, max: 1000 }),
    write: encoding === 'url' ? encodeKey : (key) => key,
    encoding: encoding === 'url' ? ['EncodingType', 'url'] : undefined,
  }
}

export const owner: XmlNode = ['Owner', [['ID', account]]]

export function listObjects(context: S3Context, request: S3Request): Answer {
  const { bucket: name, query } = request
  const bucket = context.store.bucket(name)
  const listing = parseListing(query, 'max-keys')
  askList(context, request, 's3:ListBucket', listing)
  const v2 = query.get('list-type') === '2'
  const token = query.get('continuation-token')
  const startAfter = query.get('start-after')
  const marker = query.get('marker') ?? ''
  const after = v2 ? (token === null ? (startAfter ?? '') : fromToken(token)) : marker
  const { prefix, delimiter, max, write, encoding } = listing
  const page = pageOf(bucket.keys, {
    prefix,
    delimiter,
    max,
    after,
    items: (key) => {
      const current = context.store.current(name, key)
      return current ? [current] : []
    },
  })
  const withOwner = !v2 || query.get('fetch-owner') === 'true'
  const paging: readonly (XmlNode | undefined)[] = v2
    ? [
        ['KeyCount', page.items.length + page.commonPrefixes.length],
        startAfter === null ? undefined : ['StartAfter', write(startAfter)],
        token === null ? undefined : ['ContinuationToken', token],
        page.truncated ? ['NextContinuationToken', toToken(page.last)] : undefined,
      ]
    : [
        ['Marker', write(marker)],
        page.truncated && delimiter !== '' ? ['NextMarker', write(page.last)] : undefined,
      ]
  return xmlAnswer('ListBucketResult', [
    ...head(name, listing),
    ...paging,
    ['MaxKeys', max],
    encoding,
    ['IsTruncated', page.truncated],
    ...page.items.map((version): XmlNode => ['Contents', contents(version, { write, withOwner })]),
    ...prefixes(page.commonPrefixes, write),
  ])
}

export function listObjectVersions(context: S3Context, request: S3Request): Answer {
  const { bucket: name, query } = request
  const bucket = context.store.bucket(name)
  const listing = parseListing(query, 'max-keys')
  askList(context, request, 's3:ListBucketVersions', listing)
  const keyMarker = query.get('key-marker') ?? ''
  const versionMarker = query.get('version-id-marker') ?? ''
  if (versionMarker !== '' && keyMarker === '')
    throw invalidArgument('A version-id marker cannot be specified without a key marker.')
  const { prefix, delimiter, max, write, encoding } = listing
  const page = pageOf(bucket.keys, {
    prefix,
    delimiter,
    max,
    after: keyMarker,
    resume: versionMarker !== '',
    items: (key) => {
      const newestFirst = bucket.versions.get(key)?.toReversed() ?? []
      if (key !== keyMarker || versionMarker === '') return newestFirst
      const seen = newestFirst.findIndex(({ versionId }) => versionId === versionMarker)
      return newestFirst.slice(seen < 0 ? newestFirst.length : seen + 1)
    },
  })
  const last = page.items.at(-1)
  const lastIsVersion = last !== undefined && last.key === page.last
  return xmlAnswer('ListVersionsResult', [
    ...head(name, listing),
    ['KeyMarker', write(keyMarker)],
    ['VersionIdMarker', versionMarker],
    page.truncated ? ['NextKeyMarker', write(page.last)] : undefined,
    page.truncated && lastIsVersion ? ['NextVersionIdMarker', last.versionId] : undefined,
    ['MaxKeys', max],
    encoding,
    ['IsTruncated', page.truncated],
    ...page.items.map((version) =>
      versionNode(version, { write, isLatest: isLatest(context, name, version) }),
    ),
    ...prefixes(page.commonPrefixes, write),
  ])
}

const isLatest = ({ store }: S3Context, bucket: string, { key, versionId }: Version) =>
  store.version(bucket, key)?.versionId === versionId

function versionNode(
  version: Version,
  { write, isLatest: latest }: { readonly write: Listing['write']; readonly isLatest: boolean },
): XmlNode {
  const common: readonly XmlNode[] = [
    ['VersionId', version.versionId],
    ['IsLatest', latest],
  ]
  if (version.kind === 'object')
    return ['Version', [...contents(version, { write, withOwner: true }), ...common]]
  return [
    'DeleteMarker',
    [['Key', write(version.key)], ['LastModified', xmlTime(version.modifiedMs)], owner, ...common],
  ]
}

function contents(
  version: ObjectVersion,
  { write, withOwner }: { readonly write: Listing['write']; readonly withOwner: boolean },
): readonly (XmlNode | undefined)[] {
  return [
    ['Key', write(version.key)],
    ['LastModified', xmlTime(version.modifiedMs)],
    ['ETag', `"${version.etag}"`],
    ['ChecksumAlgorithm', version.checksum.algorithm],
    ['ChecksumType', version.checksum.type],
    ['Size', version.sizeBytes],
    ['StorageClass', version.storageClass ?? 'STANDARD'],
    withOwner ? owner : undefined,
  ]
}

const head = (name: string, { prefix, delimiter, write }: Listing): readonly (XmlNode | undefined)[] => [
  ['Name', name],
  ['Prefix', write(prefix)],
  delimiter === '' ? undefined : ['Delimiter', write(delimiter)],
]

export const prefixes = (commonPrefixes: readonly string[], write: Listing['write']): readonly XmlNode[] =>
  commonPrefixes.map((prefix) => ['CommonPrefixes', [['Prefix', write(prefix)]]])

function askList(
  context: S3Context,
  request: S3Request,
  action: string,
  { prefix, delimiter, max }: Listing,
) {
  const { caller, bucket, query } = request
  ask(
    context,
    caller,
    action,
    { bucket },
    {
      ...(query.has('prefix') ? { 's3:prefix': prefix } : {}),
      ...(query.has('delimiter') ? { 's3:delimiter': delimiter } : {}),
      ...(query.has('max-keys') ? { 's3:max-keys': String(max) } : {}),
    },
  )
}

const toToken = (key: string) => Buffer.from(key).toString('base64url')
function fromToken(token: string): string {
  const key = Buffer.from(token, 'base64url').toString()
  if (toToken(key) !== token) throw invalidArgument('The continuation token provided is incorrect')
  return key
}
