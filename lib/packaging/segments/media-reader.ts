/** Reads stored objects for the packager. */
import type { ByteRange, ObjectRef } from '../../timeline/placement.ts'

/** Reads stored objects. A missing object throws a HeadendError with code `OBJECT_GONE`. */
export interface MediaReader {
  /** Reads a small object whole. */
  whole(object: ObjectRef): Promise<Uint8Array>
  /** Reads a segment that is an object, and what was said of it when it was written. */
  described(
    object: ObjectRef,
  ): Promise<{ readonly bytes: Uint8Array; readonly facts: Readonly<Record<string, string>> }>
  /** Reads a small range of an object. */
  piece(object: ObjectRef, range: ByteRange): Promise<Uint8Array>
  /**
   * Streams a range of an object; resolves when storage has responded. The caller owns the chunks and may move bytes
   * within them.
   */
  stream(object: ObjectRef, range: ByteRange, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>
}
