/** Events that come within segments, as an MPD names them. */
import type { Descriptor } from '../../formats/dash/index.ts'
import type { RunPart } from './period-spans.ts'

/** Those of any Representation (ISO/IEC 23009-1 5.10.3.2), each kind once. */
export const inbandEvents = (parts: readonly RunPart[]): readonly Descriptor[] => [
  ...new Map(
    parts.flatMap(({ track }) => track.inbandEvents ?? []).map((one) => [JSON.stringify(one), one]),
  ).values(),
]
