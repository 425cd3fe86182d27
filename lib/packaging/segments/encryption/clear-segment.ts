/** Clear segments as encryption takes them: their samples in one buffer, in which they are encrypted in place. */
import { type Fragment, segmentLength } from '../../../formats/isobmff/index.ts'
import type { Locator } from '../../../timeline/placement.ts'
import { keyFrameFragment } from '../../storage/key-frame.ts'
import { readEntry } from '../../storage/sample-index.ts'
import type { BufferPool } from '../buffer-pool.ts'
import { fetchSamplesInto } from '../fetch-samples.ts'
import type { MediaReader } from '../media-reader.ts'
import { partsOf, planReads } from '../read-plan.ts'
import { firstOfStored, readStoredSegment } from '../stored-segment.ts'

/** A clear segment. */
export interface ClearSegment {
  readonly fragment: Fragment
  /** Whole boxes that go before its `moof`: events. */
  readonly before: Uint8Array
  /** Config of its init segment, if its writer said so. */
  readonly configId?: string
  /** The buffer its samples come to; `giveBack` once nobody reads it any more. */
  readonly lend: () => { readonly bytes: Uint8Array; readonly giveBack: () => void }
  /** Brings them; `arrived` is called with the byte before which all have come. */
  readonly bring: (bytes: Uint8Array, arrived: (until: number) => void) => Promise<void>
}

const nothing = new Uint8Array(0)

/** One whose samples lie scattered in an upload. */
export async function scatteredSegment(
  { reader, memory }: { readonly reader: MediaReader; readonly memory: BufferPool },
  { object, index, entry }: Extract<Locator, { kind: 'extents' }>,
  number: number,
): Promise<ClearSegment> {
  const { fragment, extents } = readEntry(await reader.piece(index, entry), number)
  const { headBytes, totalBytes } = segmentLength(fragment)
  return {
    fragment,
    before: nothing,
    lend: () => memory.lend(totalBytes - headBytes),
    bring: (bytes, arrived) =>
      fetchSamplesInto(
        { bytes, start: 0 },
        { reader, object, reads: planReads(partsOf(extents, 0)) },
        arrived,
      ),
  }
}

/** A segment as it was read, and its config if its writer said so. */
export interface Stored {
  readonly bytes: Uint8Array
  readonly config?: string | undefined
}

/** What of a stored segment is asked for. */
export interface StoredPart {
  readonly number: number
  readonly keyFrameOnly?: boolean
  readonly firstTicks?: number | undefined
}

/**
 * One that is stored as it is delivered; with `keyFrameOnly`, its first sample alone, undefined if that is no key
 * frame; with `firstTicks`, what begins in them, undefined if that is all. Its samples are encrypted where they were
 * read to.
 */
export function storedSegment(
  name: string,
  { bytes: stored, config }: Stored,
  { number, keyFrameOnly = false, firstTicks }: StoredPart,
): ClearSegment | undefined {
  const read =
    firstTicks === undefined ? readStoredSegment(name, stored) : firstOfStored(name, stored, firstTicks)
  if (!read) return undefined
  const { fragment, before, samples } = read
  const common = {
    ...(config !== undefined && { configId: config }),
    bring: async (bytes: Uint8Array, arrived: (until: number) => void) => arrived(bytes.length),
  }
  if (!keyFrameOnly)
    return { ...common, fragment, before, lend: () => ({ bytes: samples, giveBack: () => undefined }) }
  const { sequence, trackId, sizes, durations, sync } = fragment
  const [size = 0] = sizes
  if (sizes.length === 0 || sync?.[0] === 0) return undefined
  const duration = durations.reduce((sum, one) => sum + one, 0)
  return {
    ...common,
    fragment: keyFrameFragment({ sequence, trackId, size, start: number, duration }),
    before: nothing,
    lend: () => ({ bytes: samples.subarray(0, size), giveBack: () => undefined }),
  }
}
