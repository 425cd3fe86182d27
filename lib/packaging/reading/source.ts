/** A file that can be read in ranges, wherever it is stored. */
import { HeadendError } from '../../errors.ts'

/** Bytes of one immutable file; every `read` is one request. */
export interface Source {
  /** For messages: the key or path. */
  readonly name: string
  readonly size: number
  /** Reads exactly `length` bytes from `offset`. */
  read(offset: number, length: number): Promise<Uint8Array>
}

/** Count of requests and bytes read. */
export interface ReadTally {
  requests: number
  bytes: number
}

/** The same source with its reads counted in `tally`. */
export function counted(source: Source, tally: ReadTally): Source {
  return {
    name: source.name,
    size: source.size,
    async read(offset, length) {
      if (offset + length > source.size)
        throw new HeadendError(
          'MP4_TRUNCATED',
          `${source.name}: expected ${length} bytes at ${offset}, the file ends at ${source.size}`,
        )
      tally.requests++
      tally.bytes += length
      return source.read(offset, length)
    },
  }
}
