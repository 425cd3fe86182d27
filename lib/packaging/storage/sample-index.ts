/**
 * The sample index: everything the packager needs to build any segment of a track without reading a moov again. One
 * object per track: header, directory of fixed-size entries, then one entry per segment. See docs/timeline.md.
 */
import { HeadendError } from '../../errors.ts'
import { ByteReader, ByteWriter, type Fragment } from '../../formats/isobmff/index.ts'
import type { ByteRange } from '../../timeline/placement.ts'

/** A segment's samples and their byte ranges in the file, in order, adjacent ones merged. */
export interface IndexedSegment {
  readonly fragment: Fragment
  readonly extents: readonly ByteRange[]
}

/** An entry of the directory. */
export interface DirectoryEntry {
  readonly number: number
  readonly cut: number
  /** Position of the segment's entry in the index. */
  readonly entry: ByteRange
  /** Length of the segment as delivered. */
  readonly bytes: number
}

const magic = 'HSIX'
const format = 1
const headerBytes = 16
const entryBytes = 20

/** Writes the index of a track. */
export function writeSampleIndex(
  segments: readonly (IndexedSegment & { readonly cut: number; readonly bytes: number })[],
): { readonly bytes: Uint8Array; readonly directory: ByteRange } {
  const entries = new ByteWriter(segments.length * 512)
  const directory: DirectoryEntry[] = []
  const directoryBytes = headerBytes + segments.length * entryBytes
  for (const segment of segments) {
    const from = entries.position
    writeEntry(entries, segment)
    directory.push({
      number: segment.fragment.sequence,
      cut: segment.cut,
      entry: { offset: directoryBytes + from, length: entries.position - from },
      bytes: segment.bytes,
    })
  }
  return withDirectory(directory, entries.written)
}

/** Writes a text index with the same directory: the entry of a segment is its text. */
export function writeTextIndex(
  texts: readonly { readonly number: number; readonly cut: number; readonly bytes: Uint8Array }[],
): { readonly bytes: Uint8Array; readonly directory: ByteRange } {
  const entries = new ByteWriter(texts.length * 512)
  const directoryBytes = headerBytes + texts.length * entryBytes
  const directory = texts.map(({ number, cut, bytes }): DirectoryEntry => {
    const entry = { offset: directoryBytes + entries.position, length: bytes.length }
    entries.bytes(bytes)
    return { number, cut, entry, bytes: bytes.length }
  })
  return withDirectory(directory, entries.written)
}

function withDirectory(
  directory: readonly DirectoryEntry[],
  entries: Uint8Array,
): { readonly bytes: Uint8Array; readonly directory: ByteRange } {
  const directoryBytes = headerBytes + directory.length * entryBytes
  const to = new ByteWriter(directoryBytes + entries.length)
  to.latin1(magic)
  to.u16(format)
  to.u16(entryBytes)
  to.u32(directory.length)
  to.zeros(4)
  for (const { number, cut, entry, bytes } of directory) {
    to.u32(number)
    to.u16(cut)
    to.u16(0)
    to.u32(entry.offset)
    to.u32(entry.length)
    to.u32(bytes)
  }
  to.bytes(entries)
  return { bytes: to.written, directory: { offset: 0, length: directoryBytes } }
}

/** Reads header and directory, the first `TrackPlacement.sampleIndex.directory` bytes of the index. */
export function readDirectory(bytes: Uint8Array): DirectoryEntry[] {
  const reader = new ByteReader(bytes, 0, 'sample index')
  const [word, version, size, count] = [reader.fourcc(), reader.u16(), reader.u16(), reader.u32()]
  if (word !== magic || version !== format || size !== entryBytes)
    throw broken(`expected ${magic} version ${format}, got ${word} version ${version}`)
  reader.skip(4)
  const table = reader.table(count, entryBytes)
  return Array.from({ length: count }, (_, i) => {
    const at = i * entryBytes
    return {
      number: table.getUint32(at),
      cut: table.getUint16(at + 4),
      entry: { offset: table.getUint32(at + 8), length: table.getUint32(at + 12) },
      bytes: table.getUint32(at + 16),
    }
  })
}

const hasOffsets = 1
const hasSync = 2
const rollsBit = 4

/** Writes a segment's entry: numbers are LEB128, signed ones zigzag; repeats are run-length coded. */
function writeEntry(to: ByteWriter, { fragment, extents }: IndexedSegment): void {
  const { trackId, decodeTime, sizes, durations, compositionOffsets, sync, rolls } = fragment
  writeNumber(to, (compositionOffsets ? hasOffsets : 0) | (sync ? hasSync : 0) | (rolls ? rollsBit : 0))
  writeNumber(to, trackId)
  writeNumber(to, decodeTime)
  writeNumber(to, sizes.length)
  writeRuns(to, durations)
  for (const size of sizes) writeNumber(to, size)
  if (compositionOffsets) for (const offset of compositionOffsets) writeSigned(to, offset)
  if (sync) writeRuns(to, sync)
  writeNumber(to, extents.length)
  let end = 0
  for (const { offset, length } of extents) {
    writeSigned(to, offset - end)
    writeNumber(to, length)
    end = offset + length
  }
}

/** Reads a segment's entry; `number` is the segment's. */
export function readEntry(bytes: Uint8Array, number: number): IndexedSegment {
  const reader = new ByteReader(bytes, 0, 'sample index entry')
  const flags = readNumber(reader)
  const trackId = readNumber(reader)
  const decodeTime = readNumber(reader)
  const count = readNumber(reader)
  if (count > bytes.length)
    throw broken(`${count} samples declared in an entry of ${bytes.length} bytes at ${reader.at}`)
  const durations = readRuns(reader, new Uint32Array(count))
  const sizes = new Uint32Array(count)
  for (let i = 0; i < count; i++) sizes[i] = readNumber(reader)
  const compositionOffsets = flags & hasOffsets ? new Int32Array(count) : undefined
  if (compositionOffsets) for (let i = 0; i < count; i++) compositionOffsets[i] = readSigned(reader)
  const sync = flags & hasSync ? readRuns(reader, new Uint8Array(count)) : undefined
  const extents: ByteRange[] = []
  let end = 0
  for (let left = readNumber(reader); left > 0; left--) {
    const offset = end + readSigned(reader)
    const length = readNumber(reader)
    extents.push({ offset, length })
    end = offset + length
  }
  return {
    fragment: {
      sequence: number,
      trackId,
      decodeTime,
      sizes,
      durations,
      ...(compositionOffsets && { compositionOffsets }),
      ...(sync && { sync }),
      ...(flags & rollsBit && { rolls: true }),
    },
    extents,
  }
}

function writeRuns(to: ByteWriter, values: Uint32Array | Uint8Array): void {
  for (let i = 0; i < values.length; ) {
    let end = i + 1
    while (end < values.length && values[end] === values[i]) end++
    writeNumber(to, end - i)
    writeNumber(to, values[i] ?? 0)
    i = end
  }
}

function readRuns<Values extends Uint32Array | Uint8Array>(reader: ByteReader, values: Values): Values {
  for (let i = 0; i < values.length; ) {
    const count = readNumber(reader)
    const value = readNumber(reader)
    if (count === 0 || i + count > values.length)
      throw broken(`a run of ${count} values, ${values.length - i} left at ${reader.at}`)
    values.fill(value, i, i + count)
    i += count
  }
  return values
}

/** Writes LEB128; above 2^31 by division, for shifts would lose the upper bits. */
function writeNumber(to: ByteWriter, value: number): void {
  let rest = value
  for (; rest > 0x7fffffff; rest = Math.floor(rest / 128)) to.u8((rest % 128) | 128)
  for (; rest > 127; rest >>>= 7) to.u8((rest & 127) | 128)
  to.u8(rest)
}

function readNumber(reader: ByteReader): number {
  let value = 0
  for (let scale = 1; ; scale *= 128) {
    const byte = reader.u8()
    value += (byte & 127) * scale
    if (!Number.isSafeInteger(value)) throw broken(`a number above 2^53 at ${reader.at}`)
    if (byte < 128) return value
  }
}

const writeSigned = (to: ByteWriter, value: number): void =>
  writeNumber(to, value < 0 ? -value * 2 - 1 : value * 2)

function readSigned(reader: ByteReader): number {
  const value = readNumber(reader)
  return value % 2 === 1 ? -(value + 1) / 2 : value / 2
}

/** The error for a corrupt index, 500: headend wrote it. */
const broken = (what: string): HeadendError =>
  new HeadendError('INDEX_FORMAT', `sample index: ${what}`, { status: 500 })
