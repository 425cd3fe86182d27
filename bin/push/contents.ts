/** What an object of a feed is, and whether all of it is there: told by its boxes or packets, not by its name. */
import { HeadendError } from '../../lib/errors.ts'
import { ByteReader, maxHeader, readBoxHeader } from '../../lib/formats/isobmff/index.ts'

/**
 * `init`: an init segment. `segment`: media that needs one. `whole`: media that needs none, be it MPEG-TS or MP4 with its
 * own `moov`. `unfinished`: the rest of it is still to come. `other`: nothing that a channel takes.
 */
export type Contents = 'init' | 'segment' | 'whole' | 'unfinished' | 'other'

/** Bytes of an object; fewer than asked for at its end. */
export type ReadBytes = (offset: number, length: number) => Promise<Uint8Array>

/** Types that an MP4 file or a segment of one begins with (ISO/IEC 14496-12 8.16.2, ISO/IEC 23009-1 5.10.3.3). */
const firstTypes = new Set(['ftyp', 'styp', 'moov', 'moof', 'sidx', 'emsg', 'prft', 'free', 'skip'])
/** A segment of chunks of one picture has thousands. */
const maxBoxes = 100_000
const packetBytes = 188
/** Ingest's own bound: a segment of 10 s at 100 Mbit/s. */
export const maxObjectBytes = 128 * 2 ** 20

/** Looks at an object of `size` bytes, of which it reads the heads of boxes alone. */
export async function contentsOf(read: ReadBytes, size: number): Promise<Contents> {
  if (size > maxObjectBytes) return 'other'
  const head = await read(0, maxHeader)
  if (head.length < 8) return 'unfinished'
  if (head[0] === 0x47) return size % packetBytes === 0 ? 'whole' : 'unfinished'
  const types = await typesOf(read, size)
  const [first] = types ?? []
  if (first === undefined) return 'unfinished'
  if (!firstTypes.has(first)) return 'other'
  if (types?.at(-1) === unfinished) return 'unfinished'
  const found = new Set(types)
  if (!found.has('moof')) {
    if (found.has('mdat')) return 'other'
    return found.has('moov') ? 'init' : 'unfinished'
  }
  // Between a `moof` and its samples a file tiles, too, and is no more than half of a segment.
  const last = types?.findLast((type) => type === 'moof' || type === 'mdat')
  if (last !== 'mdat') return 'unfinished'
  return found.has('moov') ? 'whole' : 'segment'
}

const unfinished = '(unfinished)'

/** Types of boxes in order; the last one is `unfinished` if they do not fill the object to the byte. */
async function typesOf(read: ReadBytes, size: number): Promise<readonly string[] | undefined> {
  const types: string[] = []
  let at = 0
  while (at < size && types.length < maxBoxes) {
    const header = headerOf(await read(at, maxHeader))
    if (header === undefined) return [...types, unfinished]
    types.push(header.type)
    if (!firstTypes.has(types[0] ?? '')) return types
    // A size of 0, "to the end", is what an encoder writes before it knows better.
    if (header.size === undefined || at + header.size > size) return [...types, unfinished]
    at += header.size
  }
  return types
}

function headerOf(bytes: Uint8Array): ReturnType<typeof readBoxHeader> | undefined {
  try {
    return readBoxHeader(new ByteReader(bytes, 0, 'object of a feed'))
  } catch (error) {
    if (error instanceof HeadendError) return undefined
    throw error
  }
}
