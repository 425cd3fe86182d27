/** Boxes that any sample entry may hold, and groups of samples (ISO/IEC 14496-12 8.5.2, 8.9). */
import { type Atom, int, uint, version, word } from './boxes.ts'
import type { Findings } from './clauses.ts'
import { partsOf } from './codec-string.ts'
import type { CmafHeader } from './init-rules.ts'

/** Judges them. */
export function entryRules({ entry, handler, groups }: CmafHeader, findings: Findings): void {
  for (const sgpd of groups) {
    const fine =
      version(sgpd) > 0 && (word(sgpd, 4) !== 'roll' || rollsOf(sgpd).every((distance) => distance !== 0))
    findings.want(fine, 'entry.group', 'init', `sgpd ${word(sgpd, 4)} of version ${version(sgpd)}`)
  }
  const btrt = partsOf(entry, handler).get('btrt')
  if (!btrt) return
  const isWhole = btrt.bytes.length === 20
  const [most, mean] = isWhole ? [uint(btrt, 4, 4), uint(btrt, 8, 4)] : [0, 0]
  const fine = isWhole && (most === 0 || mean <= most)
  findings.want(fine, 'entry.btrt', 'init', `mean ${mean} above peak ${most}`)
}

/** Of `sgpd` versions 1 and 2, whose entries have one length, and a default in the later. */
const rollsOf = (sgpd: Atom): number[] => {
  const at = version(sgpd) > 1 ? 16 : 12
  return Array.from({ length: uint(sgpd, at, 4) }, (_, i) => int(sgpd, at + 4 + i * 2, 2))
}
