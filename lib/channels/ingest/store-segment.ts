/** Writes a segment's object, once: what was published is never replaced. */
import { segmentKeepDays } from '../../timeline/live/keeping.ts'
import { liveObjects } from '../../timeline/live/placement.ts'
import { segmentFile, webVttFile } from '../../timeline/media-path.ts'
import type { Segment } from '../../timeline/timeline.ts'
import type { KeptRef } from '../live/store.ts'
import type { FeedPorts } from './ports.ts'

/** A segment, where it is placed and of what it is. */
interface ToStore {
  readonly ref: KeptRef
  readonly trackId: string
  readonly place: Segment
  readonly media: Uint8Array
  /** The same as WebVTT, of text that HLS has so. */
  readonly webVtt: Uint8Array | undefined
  /** The run of its encoder; NaN: of none. */
  readonly run: number
  /** How its encoder wrote it; absent: none did. */
  readonly source?: {
    /** Wall clock. */
    readonly writtenMs: number
    /** Bytes of all its samples. */
    readonly sampleBytes: number
  }
}

/** Gives the segment with its object written, or as somebody else wrote it there before. */
export async function storeSegment(
  { putOnce }: Pick<FeedPorts, 'putOnce'>,
  { ref, trackId, place, media, webVtt, run, source }: ToStore,
): Promise<Segment> {
  const facts = {
    duration: String(place.duration),
    config: place.configId,
    bytes: String(media.length),
    sync: String(place.sync),
    run: String(run),
    ...(source && { written: String(source.writtenMs), samples: String(source.sampleBytes) }),
  }
  const folder = liveObjects(ref.id, ref.version, trackId)
  const days = segmentKeepDays(ref.windowSeconds)
  // First: what is recorded has both.
  if (webVtt) await putOnce(folder + webVttFile(place.number, place.cut), webVtt, {}, days)
  const { facts: there } = await putOnce(folder + segmentFile(place.number, place.cut), media, facts, days)
  return {
    ...place,
    duration: Number(there['duration'] ?? facts.duration),
    configId: there['config'] ?? facts.config,
    bytes: Number(there['bytes'] ?? facts.bytes),
    sync: (there['sync'] ?? facts.sync) === 'true',
  }
}
