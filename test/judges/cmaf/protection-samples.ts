/** Rules of `senc`, `saiz` and `saio`, and what they say of each sample (ISO/IEC 23001-7 7, 14496-12 8.7.8). */
import { type Atom, fields, flags, uint, version, word } from './boxes.ts'
import type { Findings } from './clauses.ts'
import type { CmafProtection } from './protection-entry.ts'

/** How one sample is covered. */
export interface Cover {
  /** Its own IV; undefined where the track's constant one is used. */
  readonly iv: Uint8Array | undefined
  /** Bytes in the clear and bytes protected, in turn; undefined where all of it is protected. */
  readonly pairs: readonly (readonly [clear: number, guarded: number])[] | undefined
}

/** A fragment's boxes as they lie in their segment. */
export interface SealedFragment {
  readonly moof: Atom
  readonly traf: Atom
  readonly samples: number
  readonly where: string
}

/** Judges the three boxes and gives what they say by sample. */
export function coversOf(
  { moof, traf, samples, where }: SealedFragment,
  protection: CmafProtection | undefined,
  findings: Findings,
): readonly Cover[] {
  const want = findings.want.bind(findings)
  const named = (type: string) => traf.children.filter((box) => box.type === type)
  const [senc, saiz, saio] = [named('senc'), named('saiz'), named('saio')]
  const counts = `${senc.length} senc, ${saiz.length} saiz, ${saio.length} saio`
  const isNeeded = protection !== undefined && protection.ivBytes > 0
  const together = [saiz, saio].every(({ length }) => length === senc.length) && senc.length <= 1
  want(
    together && (senc.length === 1 || !isNeeded) && (protection !== undefined || senc.length === 0),
    'protection.senc',
    where,
    `${counts} with IVs of ${protection?.ivBytes ?? 'nobody'}`,
  )
  const [box] = senc
  if (!box || !protection) return []
  const { ivBytes } = protection
  want(
    uint(box, 4, 4) === samples && (version(box) === 0 || version(box) === 1) && flags(box) <= 2,
    'protection.senc',
    where,
    `senc of ${uint(box, 4, 4)} samples beside a run of ${samples}`,
  )
  const entries: { readonly cover: Cover; readonly bytes: number }[] = []
  let at = 8
  for (let i = 0; i < uint(box, 4, 4); i++) {
    const from = at
    const iv = ivBytes > 0 ? fields(box, at, at + ivBytes) : undefined
    at += ivBytes
    const pairs: [number, number][] = []
    if (flags(box) & 2) {
      const count = uint(box, at, 2)
      at += 2
      for (let n = 0; n < count; n++, at += 6) pairs.push([uint(box, at, 2), uint(box, at + 2, 4)])
    }
    entries.push({ cover: { iv, pairs: flags(box) & 2 ? pairs : undefined }, bytes: at - from })
  }
  want(at === box.bytes.length - box.body, 'protection.senc', where, 'senc is longer than its samples')
  want(
    entries.some(({ bytes }) => bytes > 0),
    'protection.senc',
    where,
    'senc that says nothing of any sample',
  )
  sizeRules(
    saiz[0],
    { entries: entries.map(({ bytes }) => bytes), scheme: protection.scheme, where },
    findings,
  )
  offsetRules(saio[0], { moof, senc: box, scheme: protection.scheme, where }, findings)
  return entries.map(({ cover }) => cover)
}

/** A type, where one is said, is the scheme's. */
const typed = (box: Atom, scheme: string): boolean => !(flags(box) & 1) || word(box, 4) === scheme

function sizeRules(
  saiz: Atom | undefined,
  told: { readonly entries: readonly number[]; readonly scheme: string; readonly where: string },
  findings: Findings,
): void {
  if (!saiz) return
  const { entries, scheme, where } = told
  const at = flags(saiz) & 1 ? 12 : 4
  const [usual, count] = [uint(saiz, at, 1), uint(saiz, at + 1, 4)]
  const own = usual === 0 ? count : 0
  const fits = count === entries.length && saiz.bytes.length - saiz.body === at + 5 + own
  const wrong = fits
    ? entries.findIndex((bytes, i) => bytes !== (usual === 0 ? uint(saiz, at + 5 + i, 1) : usual))
    : 0
  findings.want(
    fits && wrong < 0 && typed(saiz, scheme),
    'protection.saiz',
    where,
    `saiz of ${count} samples, senc has ${entries.length}; they part at ${wrong + 1}`,
  )
}

/** With default-base-is-moof offsets count from the moof; readers that know no senc begin right there. */
function offsetRules(
  saio: Atom | undefined,
  told: { readonly moof: Atom; readonly senc: Atom; readonly scheme: string; readonly where: string },
  findings: Findings,
): void {
  if (!saio) return
  const { moof, senc, scheme, where } = told
  const at = flags(saio) & 1 ? 12 : 4
  const size = version(saio) === 0 ? 4 : 8
  const fits = uint(saio, at, 4) === 1 && saio.bytes.length - saio.body === at + 4 + size
  const offset = fits ? uint(saio, at + 4, size) : -1
  const wanted = senc.at + senc.body + 8 - moof.at
  findings.want(
    offset === wanted && typed(saio, scheme),
    'protection.saio',
    where,
    `saio ${offset}, the entries of senc begin at ${wanted}`,
  )
}
