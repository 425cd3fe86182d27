/** Reads boxes: headers, children, and the error for a missing child. */
import { HeadendError } from '../../errors.ts'
import { ByteReader } from './byte-reader.ts'
import type { ByteWriter } from './byte-writer.ts'

/** One box. `body` is a new reader for the content after the header, `raw` the whole box. */
export interface Box {
  readonly type: string
  /** Offset of its header in the file. */
  readonly at: number
  readonly body: ByteReader
  readonly raw: Uint8Array
}

/** A box header (ISO/IEC 14496-12 4.2). `size` is absent if the box extends to the end of its container. */
export interface BoxHeader {
  readonly type: string
  readonly headerBytes: number
  readonly size?: number
}

/** Bytes of the longest header: size, type, 64-bit size. */
export const maxHeader = 16

/** More than any valid container has; a file of millions of empty boxes would exhaust memory. */
const maxBoxes = 2 ** 16

/** Reads a header; the reader needs `maxHeader` bytes or the rest of the file. */
export function readBoxHeader(reader: ByteReader): BoxHeader {
  const at = reader.at
  const size32 = reader.u32()
  const type = reader.fourcc()
  if (size32 === 0) return { type, headerBytes: 8 }
  const headerBytes = size32 === 1 ? 16 : 8
  const size = size32 === 1 ? reader.u64() : size32
  if (size < headerBytes)
    throw new HeadendError(
      'MP4_BOX_SIZE',
      `${shown(type)}: expected a size of at least ${headerBytes}, got ${size} at ${at}`,
    )
  return { type, headerBytes, size }
}

/**
 * The boxes in `reader`, from its position to its end. Up to seven trailing bytes, too few for a header, are skipped:
 * QuickTime ends lists with a zero word.
 */
export function* boxes(reader: ByteReader): Generator<Box> {
  for (let count = 0; reader.left >= 8; count++) {
    if (count === maxBoxes)
      reader.fail('MP4_BOXES_MANY', `expected at most ${maxBoxes} boxes in one container, got more`)
    const at = reader.at
    const from = reader.position
    const header = readBoxHeader(reader)
    const size = header.size ?? reader.bytes.length - from
    if (size > reader.bytes.length - from)
      throw new HeadendError(
        'MP4_BOX_TRUNCATED',
        `${shown(header.type)} in ${reader.name}: expected ${size} bytes, got ${reader.bytes.length - from} at ${at}`,
      )
    const raw = reader.bytes.subarray(from, from + size)
    reader.position = from + size
    const bodyAt = at + header.headerBytes
    yield {
      type: header.type,
      at,
      raw,
      get body() {
        return new ByteReader(raw.subarray(header.headerBytes), bodyAt, shown(header.type))
      },
    }
  }
}

/** The children of a container by type; of several with the same type the first. */
export function children(box: Box): ReadonlyMap<string, Box> {
  const found = new Map<string, Box>()
  for (const child of boxes(box.body)) if (!found.has(child.type)) found.set(child.type, child)
  return found
}

/**
 * Writes a copy of a box with an explicit 32-bit size: 0 means the end of its old container, and 64 bits are for media.
 */
export function copyBox(to: ByteWriter, { type, body }: Box): void {
  to.box(type, () => to.bytes(body.bytes))
}

/** The child of a type; throws an error that names the parent if it is missing. */
export function need(of: ReadonlyMap<string, Box>, type: string, parent: Box): Box {
  const box = of.get(type)
  if (!box)
    throw new HeadendError(
      'MP4_BOX_MISSING',
      `${parent.type}: expected a ${type} box, got none at ${parent.at}`,
    )
  return box
}

/** Version and flags of a FullBox (ISO/IEC 14496-12 4.2.2). */
export function versionAndFlags(body: ByteReader): { readonly version: number; readonly flags: number } {
  return { version: body.u8(), flags: body.u24() }
}

/** A printable four-cc: other characters show as `\x00`. */
export const shown = (type: string): string =>
  type.replace(/[^\x20-\x7e]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`)
