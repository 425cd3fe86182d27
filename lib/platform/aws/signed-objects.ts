/** Reads S3 objects without the SDK. */
import type { IncomingMessage } from 'node:http'
import { orBusy } from './busy.ts'
import {
  exactly,
  type ObjectReader,
  type S3Object,
  type S3Range,
  short,
  unreadable,
  untilBroken,
} from './object-reader.ts'
import { bytesOf, signedCall } from './signed-call.ts'
import { encodePath } from './sigv4.ts'

/** A reader for the buckets of the function's region. */
export const signedObjects: ObjectReader = {
  whole: (object) => get({ object }, bytesOf),
  described: (object) =>
    get({ object }, async (answer) => ({ bytes: await bytesOf(answer), facts: factsOf(answer) })),
  range: (object, range) => exactly(object, range, () => get({ object, range }, bytesOf)),
  stream: (object, { range, signal }) =>
    get({ object, range, signal }, (answer) => {
      const length = Number(answer.headers['content-length'] ?? 0)
      if (length === range.length) return untilBroken(answer)
      answer.destroy()
      throw short(object, range, length)
    }),
}

/** Headers that S3 gives back as they were written, without their prefix. */
const factsOf = ({ headers }: IncomingMessage): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      name.startsWith(metadata) && typeof value === 'string' ? [[name.slice(metadata.length), value]] : [],
    ),
  )

const metadata = 'x-amz-meta-'

interface Get {
  readonly object: S3Object
  readonly range?: S3Range
  readonly signal?: AbortSignal
}

async function get<Value>(
  { object, range, signal }: Get,
  read: (answer: IncomingMessage) => Value | Promise<Value>,
): Promise<Value> {
  const { bucket, key, versionId } = object
  try {
    return await signedCall(
      {
        service: 's3',
        path: `/${bucket}/${encodePath(key)}`,
        ...(versionId !== undefined && {
          query: `versionId=${encodePath(versionId).replaceAll('/', '%2F')}`,
        }),
        ...(range && { headers: { range: `bytes=${range.offset}-${range.offset + range.length - 1}` } }),
        signal,
      },
      read,
    )
  } catch (error) {
    throw unreadable(object, orBusy(error, 'S3'))
  }
}
