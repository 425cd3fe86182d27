/** Where the fields and table entries of boxes lie, as ISO/IEC 14496-12 has them, so that each can be made to lie. */

/** One number in a box: where it starts and how many bytes it takes. */
export interface Field {
  readonly at: number
  readonly bytes: number
}

/** The fields of a box, and its table: entries of one length behind one another up to the end. */
export interface BoxFields {
  readonly fields: readonly Field[]
  readonly table?: { readonly count?: Field; readonly from: number; readonly stride: number }
}

/**
 * Bytes of each field: `v` is version and flags, `w` four or eight as the version says, `c` the count of what stands in
 * brackets, which goes on to the end of the box; a `-` leaves out what says nothing.
 */
const layouts: Readonly<Record<string, string>> = {
  mvhd: 'v w w 4 w 4 2',
  tkhd: 'v w w 4 4- w 8- 2 2 2 2- 4 4 4 4 4 4 4 4 4 4 4',
  mdhd: 'v w w 4 w 2',
  hdlr: 'v 4 4 12- [1]',
  elst: 'v c [w w 4]',
  dref: 'v 4 4 4 v',
  elng: 'v [1]',
  stsd: 'v 4 4 4',
  stts: 'v c [4 4]',
  ctts: 'v c [4 4]',
  stss: 'v c [4]',
  stsc: 'v c [4 4 4]',
  stsz: 'v 4 c [4]',
  stz2: 'v 3- 1 c [2]',
  stco: 'v c [4]',
  co64: 'v c [8]',
  sdtp: 'v [1]',
  sbgp: 'v 4 c [4 4]',
  trex: 'v 4 4 4 4 4',
  mehd: 'v w',
  mfhd: 'v 4',
  tfhd: 'v 4 [4]',
  tfdt: 'v w',
  trun: 'v c 4 [r]',
  sidx: 'v 4 4 w w 2 2 [4 4 4]',
  tfra: 'v 4 4 4 [w w 3]',
  mfro: 'v 4',
  avc1: '6- 2 16- 2 2 4 4 4- 2 32- 2 2',
  mp4a: '6- 2 2 6- 2 2 2- 2- 4',
  avcC: '1 1 1 1 1 1 2 [1]',
  hvcC: '1 1 4 6 1 2 1 1 1 1 2 1 1 1 2 2 [1]',
  av1C: '1 1 1 1 [1]',
  dOps: '1 1 2 4 2 1',
  esds: 'v [1]',
  colr: '4 2 2 2 1',
  pasp: '4 4',
  name: '[1]',
}
const likewise = { hvc1: 'avc1', av01: 'avc1', Opus: 'mp4a' } as const

/** Whether the fields of such a box are known. */
export const hasFields = (type: string): boolean => type in layouts || type in likewise

/** Those of the box of `size` bytes at `at`. */
export function fieldsOf(
  film: Buffer,
  { type, at, size }: { type: string; at: number; size: number },
): BoxFields {
  const layout = layouts[likewise[type as keyof typeof likewise] ?? type] ?? ''
  const [head = '', entry] = layout.split(/[[\]]/)
  const wide = film[at + 8] === 1 ? 8 : 4
  const widthOf = (word: string): number =>
    word === 'v' || word === 'c'
      ? 4
      : word === 'w'
        ? wide
        : word === 'r'
          ? runStride(film, at)
          : Number.parseInt(word, 10)
  const fields: Field[] = []
  let count: Field | undefined
  let next = at + 8
  const take = (words: string): void => {
    for (const word of words.split(' ').filter(Boolean)) {
      const field = { at: next, bytes: widthOf(word) }
      next += field.bytes
      if (word === 'c') count = field
      if (!word.endsWith('-') && next <= at + size) fields.push(field)
    }
  }
  take(head)
  if (!entry) return { fields }
  const from = next
  const stride = entry.split(' ').reduce((sum, word) => sum + widthOf(word), 0)
  const words = entry === 'r' ? '4 '.repeat(stride / 4) : entry
  for (let left = stride > 0 ? Math.floor((at + size - from) / stride) : 0; left > 0; left--) take(words)
  return { fields, table: { ...(count && { count }), from, stride } }
}

/** Columns of a `trun`, as its flags have them. */
function runStride(film: Buffer, at: number): number {
  const flags = film[at + 10] ?? 0
  return 4 * [1, 2, 4, 8].filter((bit) => flags & bit).length
}
