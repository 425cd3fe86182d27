/** Events that come within segments, as an MPD names them. */
import type { AdaptationSet } from '../../formats/dash/index.ts'
import type { RunPart } from './period-spans.ts'

/** Events within the segments of any Representation (ISO/IEC 23009-1 5.10.3.2), each kind once. */
export function inbandEvents(parts: readonly RunPart[]): Pick<AdaptationSet, 'inbandEvents'> {
  const kinds = parts.flatMap(({ track }) => track.inbandEvents ?? [])
  const once = new Map(kinds.map((one) => [`${one.scheme} ${one.value}`, one]))
  if (once.size === 0) return {}
  return {
    inbandEvents: Array.from(once.values(), ({ scheme, value }) => ({
      schemeIdUri: scheme,
      ...(value !== '' && { value }),
    })),
  }
}
