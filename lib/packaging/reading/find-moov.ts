/** Finds `moov` without reading the media, before or after which it may lie. */
import { HeadendError } from '../../errors.ts'
import {
  type Box,
  type BoxHeader,
  ByteReader,
  boxes,
  maxHeader,
  readBoxHeader,
  shown,
} from '../../formats/isobmff/index.ts'
import { foreignFile } from './foreign-file.ts'
import type { Source } from './source.ts'

/** Size of the first read: in most files it covers `ftyp`, and all of `moov` or the header of `mdat`. */
const firstBytes = 16 * 1024
/** Size of a read of a later box header. */
const lookBytes = 512
/** Maximum number of reads beside `moov` itself; a file of thousands of boxes is refused. */
const maxLooks = 48
/** Limit of `moov`; the tables of a day of film take some 60 MB. */
const largestMoov = 128 * 2 ** 20

const known = new Set(
  'ftyp moov mdat free skip wide uuid pnot styp moof sidx emsg prft meta pdin udta'.split(' '),
)

/** Reads top-level boxes until `moov`, then `moov` whole. */
export async function findMoov(source: Source): Promise<Box> {
  if (source.size === 0) throw new HeadendError('MP4_EMPTY', 'expected an MP4 or MOV file, got 0 bytes')
  let window = new ByteReader(await source.read(0, Math.min(firstBytes, source.size)), 0)
  if (source.size < 8) throw foreign(window.bytes)
  const types = new Set<string>()
  let looks = 0
  let at = 0
  while (at + 8 <= source.size) {
    const needed = Math.min(maxHeader, source.size - at)
    if (at + needed > window.origin + window.bytes.length) {
      if (++looks > maxLooks)
        throw new HeadendError(
          'MP4_BOXES_MANY',
          `expected a moov box among the first ${looks} boxes, got none up to ${at}`,
        )
      window = new ByteReader(await source.read(at, Math.min(lookBytes, source.size - at)), at)
    }
    window.position = at - window.origin
    const header = headerAt(window)
    if (header.type === 'moov') return readMoovAt(source, at, header.size ?? source.size - at, window)
    types.add(header.type)
    const size = header.size ?? source.size - at
    if (at + size > source.size)
      throw new HeadendError(
        'MP4_TRUNCATED',
        `expected a moov box, got none: the ${shown(header.type)} box at ${at} goes on to ${at + size}, ` +
          `the file ends at ${source.size}; it was cut off, upload it again`,
      )
    at += size
  }
  // ISO/IEC 23008-12: an image file has its items in a meta box of the file's own.
  if (types.has('meta') && !types.has('moof'))
    throw notMp4('expected an MP4 or MOV file, got a picture (HEIF or AVIF); upload the film itself')
  const why = types.has('moof')
    ? 'it is a segment without its init segment; put that before it, or upload the film it was cut from'
    : 'the file was not finished by what wrote it; finish or repair it, then upload it again'
  throw new HeadendError(
    'MP4_MOOV_MISSING',
    `expected a moov box, got none up to the end at ${source.size}; ${why}`,
  )
}

/** Reads a box header: an unknown type in the first box means that this is no MP4, in a later one that it is broken. */
function headerAt(window: ByteReader): BoxHeader {
  const { at } = window
  if (at === 0 && !known.has(new ByteReader(window.bytes.subarray(4, 8)).fourcc()))
    throw foreign(window.bytes)
  return readBoxHeader(window)
}

async function readMoovAt(source: Source, at: number, size: number, window: ByteReader): Promise<Box> {
  if (at + size > source.size)
    throw new HeadendError(
      'MP4_TRUNCATED',
      `expected a moov box of ${size} bytes at ${at}, the file ends at ${source.size}; upload it again`,
    )
  if (size > largestMoov)
    throw new HeadendError(
      'MP4_MOOV_LARGE',
      `expected a moov box of at most ${largestMoov} bytes, got ${size} at ${at}`,
    )
  const from = at - window.origin
  const bytes =
    from + size <= window.bytes.length
      ? window.bytes.subarray(from, from + size)
      : await source.read(at, size)
  const [box] = boxes(new ByteReader(bytes, at))
  if (!box) throw notMp4(`expected a moov box at ${at}`)
  return box
}

function foreign(start: Uint8Array): HeadendError {
  const { name, advice } = foreignFile(start)
  return notMp4(`expected an MP4 or MOV file, got ${name}; ${advice}`)
}

const notMp4 = (text: string): HeadendError => new HeadendError('MP4_NOT_MP4', text)
