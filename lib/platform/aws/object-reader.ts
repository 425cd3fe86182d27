/** Reading of S3 objects, with or without the SDK, and the errors for those that cannot be read. */
import { HeadendError } from '../../errors.ts'
import { orBusy } from './busy.ts'

/** One version of an object, or the latest. */
export interface S3Object {
  readonly bucket: string
  readonly key: string
  readonly versionId?: string | undefined
}

/** `length` bytes from `offset`. */
export interface S3Range {
  readonly offset: number
  readonly length: number
}

/** A reader of S3 objects. */
export interface ObjectReader {
  /** The whole object. */
  whole(object: S3Object): Promise<Uint8Array>
  /** The whole object, and what its writer said of it: user metadata, names in lower case. */
  described(
    object: S3Object,
  ): Promise<{ readonly bytes: Uint8Array; readonly facts: Readonly<Record<string, string>> }>
  /** Exactly the range; throws OBJECT_SHORT where the object ends before it. */
  range(object: S3Object, range: S3Range): Promise<Uint8Array>
  /** The range as a stream; the caller reads it to its end or aborts. */
  stream(
    object: S3Object,
    options: { readonly range: S3Range; readonly signal: AbortSignal },
  ): Promise<AsyncIterable<Uint8Array>>
}

/** The range that `read` returns, checked for its length; an empty range needs no request. */
export async function exactly(
  object: S3Object,
  range: S3Range,
  read: () => Promise<Uint8Array>,
): Promise<Uint8Array> {
  if (range.length === 0) return new Uint8Array(0)
  const bytes = await read()
  if (bytes.length !== range.length) throw short(object, range, bytes.length)
  return bytes
}

/** Passes a body through and maps its errors: a connection may break long after the answer began. */
export async function* untilBroken(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body
  } catch (error) {
    throw orBusy(error, 'S3')
  }
}

/** Maps S3's refusal of an object to OBJECT_GONE or OBJECT_ARCHIVED; any other is returned unchanged. */
export function unreadable({ key, versionId }: S3Object, cause: unknown): unknown {
  if (isArchived(cause))
    return new HeadendError(
      'OBJECT_ARCHIVED',
      `${key}: expected an object that can be read, got one in the storage class ${cause.StorageClass ?? 'of an archive'}; ` +
        'upload it again as STANDARD, or restore it from its archive',
      { cause, status: 409 },
    )
  if (!isGone(cause)) return cause
  return new HeadendError('OBJECT_GONE', `${key}: expected version ${versionId ?? 'latest'}, got none`, {
    cause,
    status: 404,
  })
}

const isArchived = (error: unknown): error is Error & { readonly StorageClass?: string } =>
  error instanceof Error && error.name === 'InvalidObjectState'

const gone = new Set(['NoSuchKey', 'NoSuchVersion', 'NotFound'])

/** True if S3 says that there is no such object. */
export const isGone = (error: unknown): boolean => error instanceof Error && gone.has(error.name)

/** The error for a range of which S3 returned less than requested. */
export const short = ({ key }: S3Object, { offset, length }: S3Range, got: number): HeadendError =>
  new HeadendError('OBJECT_SHORT', `${key}: expected ${length} bytes at ${offset}, got ${got}`, {
    status: 502,
  })
