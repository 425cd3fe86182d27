/** SampleToGroupBox (ISO/IEC 14496-12 8.9.2): assigns samples to groups. */
import { type Box, versionAndFlags } from './box.ts'
import type { ByteWriter } from './byte-writer.ts'

/** A grouping: `counts[i]` consecutive samples belong to group `groups[i]`. */
export interface SampleGroups {
  /** Four-cc: `rap `, `roll`. */
  readonly grouping: string
  readonly counts: Uint32Array
  /** Indexes into the `sgpd`, from 1; 0 for none. */
  readonly groups: Uint32Array
}

/** Reads versions 0 and 1. */
export function readSbgp({ body }: Box): SampleGroups {
  const { version } = versionAndFlags(body)
  const grouping = body.fourcc()
  if (version === 1) body.skip(4)
  const runs = body.u32()
  const table = body.table(runs, 8)
  const [counts, groups] = [new Uint32Array(runs), new Uint32Array(runs)]
  for (let i = 0; i < runs; i++) {
    counts[i] = table.getUint32(i * 8)
    groups[i] = table.getUint32(i * 8 + 4)
  }
  return { grouping, counts, groups }
}

/** The length of `writeSbgp`'s box. */
export const sbgpBytes = 28

/** Indexes into a fragment's own `sgpd` begin here; lower ones refer to the init segment (8.9.4). */
const ofFragment = 0x10000

/** Writes one run: all samples belong to the first group, either the init segment's or the fragment's own. */
export function writeSbgp(
  to: ByteWriter,
  grouping: string,
  { count, own = false }: { readonly count: number; readonly own?: boolean },
): void {
  to.fullBox('sbgp', 0, 0, () => {
    to.latin1(grouping)
    to.u32(1)
    to.u32(count)
    to.u32(own ? ofFragment + 1 : 1)
  })
}
