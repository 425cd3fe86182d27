/** Reads S3 objects: whole, by range, or as a stream. */
import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { HeadendError } from '../../errors.ts'
import { orBusy } from './busy.ts'
import {
  exactly,
  isGone,
  type ObjectReader,
  type S3Object,
  type S3Range,
  short,
  unreadable,
  untilBroken,
} from './object-reader.ts'

/** A reader that uses the SDK. */
export const objectReader = (s3: S3Client): ObjectReader => ({
  whole: (object) => readObject(s3, object),
  async described(object) {
    const answer = await get(s3, object)
    return { bytes: await all(answer), facts: answer.Metadata ?? {} }
  },
  range: (object, range) => readRange(s3, object, range),
  stream: (object, options) => streamRange(s3, object, options),
})

/** The whole object. */
export async function readObject(s3: S3Client, object: S3Object): Promise<Uint8Array> {
  return all(await get(s3, object))
}

/** The whole object, in memory that is taken once its length is known; throws what `take` throws, and OBJECT_SHORT where less of it comes. */
export async function readObjectInto(
  s3: S3Client,
  object: S3Object,
  take: (length: number) => Uint8Array,
): Promise<Uint8Array> {
  const answer = await get(s3, object)
  const { Body, ContentLength: length } = answer
  if (!isIterable(Body) || length === undefined) return all(answer)
  let bytes: Uint8Array | undefined
  let got = 0
  for await (const chunk of untilBroken(Body)) {
    // Here, so that a body that nothing takes is let go of.
    bytes ??= take(length)
    if (got + chunk.length <= length) bytes.set(chunk, got)
    got += chunk.length
  }
  if (got !== length) throw short(object, { offset: 0, length }, got)
  return bytes ?? new Uint8Array(0)
}

/** The text of an object; undefined if there is none. */
export async function textIfAny(s3: S3Client, object: S3Object): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await readObject(s3, object))
  } catch (error) {
    if (error instanceof HeadendError && error.code === 'OBJECT_GONE') return undefined
    throw error
  }
}

/** Exactly the range; throws OBJECT_SHORT where the object ends before it. */
export async function readRange(s3: S3Client, object: S3Object, range: S3Range): Promise<Uint8Array> {
  return exactly(object, range, async () => all(await get(s3, object, range)))
}

async function streamRange(
  s3: S3Client,
  object: S3Object,
  { range, signal }: { readonly range: S3Range; readonly signal: AbortSignal },
): Promise<AsyncIterable<Uint8Array>> {
  const { Body, ContentLength } = await get(s3, object, range, signal)
  if (!isIterable(Body) || ContentLength !== range.length) throw short(object, range, ContentLength ?? 0)
  return untilBroken(Body)
}

/** A whole body; the connection may break long after the client has accepted the answer. */
const all = async ({ Body }: GetObjectCommandOutput): Promise<Uint8Array> =>
  Body === undefined
    ? new Uint8Array(0)
    : Body.transformToByteArray().catch((error: unknown) => {
        throw orBusy(error, 'S3')
      })

/** On Node the SDK's body is a Readable, which its type does not say; the web stream it offers is slower. */
const isIterable = (body: unknown): body is AsyncIterable<Uint8Array> =>
  typeof body === 'object' && body !== null && Symbol.asyncIterator in body

/** What S3 says of an object without reading it. */
export interface ObjectFacts {
  readonly versionId?: string
  readonly etag: string
  readonly bytes: number
  /** Epoch milliseconds. */
  readonly writtenMs: number
}

/** The metadata of an object; undefined if there is none. */
export async function objectFacts(s3: S3Client, object: S3Object): Promise<ObjectFacts | undefined> {
  try {
    const { bucket, key, versionId } = object
    const head = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }))
    return {
      ...(head.VersionId && { versionId: head.VersionId }),
      etag: (head.ETag ?? '').replaceAll('"', ''),
      bytes: head.ContentLength ?? 0,
      writtenMs: head.LastModified?.getTime() ?? 0,
    }
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}

async function get(
  s3: S3Client,
  object: S3Object,
  range?: S3Range,
  signal?: AbortSignal,
): Promise<GetObjectCommandOutput> {
  const { bucket, key, versionId } = object
  try {
    return await s3.send(
      new GetObjectCommand({
        Bucket: bucket,
        Key: key,
        ...(versionId && { VersionId: versionId }),
        ...(range && { Range: `bytes=${range.offset}-${range.offset + range.length - 1}` }),
      }),
      signal && { abortSignal: signal },
    )
  } catch (error) {
    throw unreadable(object, error)
  }
}
