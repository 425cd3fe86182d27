/** How the packager reads what is stored. */
import type { ByteRange, ObjectRef } from '../../timeline/placement.ts'

/** Stored objects. What is gone is thrown as a HeadendError with code `OBJECT_GONE`. */
export interface MediaReader {
  /** A small object whole. */
  whole(object: ObjectRef): Promise<Uint8Array>
  /** A small piece of an object. */
  piece(object: ObjectRef, range: ByteRange): Promise<Uint8Array>
  /**
   * A piece of an object as it comes; resolves when the store has answered. Its chunks are given away: who reads
   * them may move bytes within them.
   */
  stream(object: ObjectRef, range: ByteRange, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>
}
