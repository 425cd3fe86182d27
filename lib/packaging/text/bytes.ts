/** Reads samples of a few bytes each that are scattered over a file. */
import { HeadendError } from '../../errors.ts'
import { mapConcurrently } from '../../platform/map-concurrently.ts'
import type { ByteRange } from '../../timeline/placement.ts'
import type { Source } from '../reading/source.ts'

/** Ranges this close together share a read. */
const worthSkippingBytes = 16 * 1024
/** Maximum length of a read, so that a forged table can't exhaust memory. */
const maxReadBytes = 8 * 2 ** 20
const atOnce = 8

/** The bytes of each range, in the order requested. Close ranges share a read. */
export async function readInterleaving(source: Source, ranges: readonly ByteRange[]): Promise<Uint8Array[]> {
  const found: Uint8Array[] = ranges.map(() => new Uint8Array(0))
  await mapConcurrently(
    grouped(ranges),
    async ({ offset, length, members }) => {
      const bytes = await source.read(offset, length)
      // Copied, so that a few words do not keep the whole read in memory.
      for (const member of members) {
        const range = ranges[member] ?? { offset, length: 0 }
        found[member] = bytes.slice(range.offset - offset, range.offset - offset + range.length)
      }
    },
    atOnce,
  )
  return found
}

interface Group extends ByteRange {
  /** Indexes into the list of ranges. */
  readonly members: number[]
}

function grouped(ranges: readonly ByteRange[]): Group[] {
  const order = ranges
    .map((range, member) => ({ ...range, member }))
    .filter(({ length }) => length > 0)
    .toSorted((a, b) => a.offset - b.offset)
  const groups: { offset: number; length: number; members: number[] }[] = []
  for (const { offset, length, member } of order) {
    const open = groups.at(-1)
    const until = Math.max(offset + length, open ? open.offset + open.length : 0)
    if (
      open &&
      offset <= open.offset + open.length + worthSkippingBytes &&
      until - open.offset <= maxReadBytes
    ) {
      open.length = until - open.offset
      open.members.push(member)
    } else groups.push({ offset, length, members: [member] })
  }
  return groups
}

/** Throws TEXT_LARGE if the ranges together are longer than any subtitles. */
export function checkTextBytes(
  ranges: readonly ByteRange[],
  { most, where }: { readonly most: number; readonly where: string },
): void {
  let total = 0
  for (const { length } of ranges) total += length
  if (total > most)
    throw new HeadendError('TEXT_LARGE', `${where}: expected at most ${most} bytes of texts, got ${total}`)
}
