/** What tracks must share so that a player may switch between them (ISO/IEC 23000-19 7.3.4). */
import { type BrokenCmaf, Findings } from './clauses.ts'
import { type CmafTrack, type ReadTrack, readCmafTrack } from './rules.ts'

/** Rules the tracks break together; each is judged alone elsewhere. */
export const checkSwitchingSet = (tracks: readonly CmafTrack[]): BrokenCmaf[] =>
  switchingRules(tracks.flatMap((track) => readCmafTrack(track).read ?? []))

/** The same of tracks that were read. */
export function switchingRules([first, ...others]: readonly ReadTrack[]): BrokenCmaf[] {
  const findings = new Findings()
  for (const [i, other] of first ? others.entries() : []) {
    if (!first) break
    const where = `track ${i + 2}`
    const [a, b] = [first.header, other.header]
    const alike = `${a.handler} ${a.entry.type} ${a.timescale} ${a.trackId}`
    const beside = `${b.handler} ${b.entry.type} ${b.timescale} ${b.trackId}`
    findings.want(alike === beside, 'switch.entry', where, `${beside} beside ${alike}`)
    const times = (track: ReadTrack): string[] =>
      track.fragments.map(({ decode }) => (decode / track.header.timescale).toFixed(3))
    const [mine, theirs] = [times(first), times(other)]
    const at = theirs.findIndex((time, index) => time !== mine[index])
    const same = mine.length === theirs.length && at < 0
    findings.want(
      same,
      'switch.fragments',
      where,
      `${theirs.length} fragments beside ${mine.length}, the first elsewhere ${at}`,
    )
    const heard = ({ header, fragments }: ReadTrack): number =>
      ((fragments[0]?.decode ?? 0) - (header.mediaTime ?? 0)) / header.timescale
    findings.want(
      Math.abs(heard(first) - heard(other)) < 0.001,
      'switch.edit',
      where,
      `${heard(other)} s beside ${heard(first)} s`,
    )
  }
  return findings.list
}
