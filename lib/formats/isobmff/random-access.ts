/** Random access points beside those of `stss`, and roll distances. */
import { type Box, boxes } from './box.ts'
import { readSbgp, type SampleGroups } from './sbgp.ts'
import { readRoll } from './sgpd.ts'
import { readStss } from './stss.ts'

/**
 * Sync samples and open random access points: pictures followed by others that are presented earlier and depend on
 * previous ones. QuickTime lists those in `stps`, ISO/IEC 14496-12 10.4 in the group `rap `; many files list them in
 * `stss`.
 */
export function readRandomAccess(stbl: Box, stss: Box, count: number): Uint8Array {
  const sync = readStss(stss, count)
  for (const box of boxes(stbl.body)) {
    // QuickTime File Format, "Partial sync sample atom": the same format as `stss`.
    if (box.type === 'stps') for (const [i, one] of readStss(box, count).entries()) if (one) sync[i] = 1
    if (box.type === 'sbgp') mark(sync, readSbgp(box))
  }
  return sync
}

function mark(sync: Uint8Array, { grouping, counts, groups }: SampleGroups): void {
  if (grouping !== 'rap ') return
  let at = 0
  for (let i = 0; i < counts.length && at < sync.length; i++) {
    const until = at + (counts[i] ?? 0)
    if (groups[i] !== 0) sync.fill(1, at, until)
    at = until
  }
}

/** The roll distance of a track, if all samples have the same. */
export function readRollDistance(stbl: Box): number | undefined {
  const all = [...boxes(stbl.body)]
  const groups = all.filter(({ type }) => type === 'sbgp').map(readSbgp)
  const some = groups.some((one) => one.grouping === 'roll' && one.groups.some((group) => group !== 1))
  const distances = all.filter(({ type }) => type === 'sgpd').flatMap((box) => readRoll(box) ?? [])
  return some || distances.length !== 1 ? undefined : distances[0]
}
