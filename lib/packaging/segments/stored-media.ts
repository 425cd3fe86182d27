/** Reads the packager's objects from the two buckets. */
import type { ObjectReader } from '../../platform/aws/object-reader.ts'
import type { ObjectRef } from '../../timeline/placement.ts'
import type { MediaReader } from './media-reader.ts'

/** Bucket names, as in the environment of this room's functions. */
export interface Buckets {
  readonly uploadBucket: string
  readonly mediaBucket: string
}

/** Reads media for the packager. */
export function mediaReader(objects: ObjectReader, { uploadBucket, mediaBucket }: Buckets): MediaReader {
  const at = ({ bucket, ...object }: ObjectRef) => ({
    bucket: bucket === 'upload' ? uploadBucket : mediaBucket,
    ...object,
  })
  return {
    whole: (object) => objects.whole(at(object)),
    described: (object) => objects.described(at(object)),
    piece: (object, range) => objects.range(at(object), range),
    stream: (object, range, signal) => objects.stream(at(object), { range, signal }),
  }
}
