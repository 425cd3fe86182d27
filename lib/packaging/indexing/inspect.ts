/** Reports how headend would package a film, without doing so: `headend mp4 inspect`. */

import type { AssetWarning, SkippedTrack } from '../../assets/index.ts'
import { counted, type ReadTally, type Source } from '../reading/source.ts'
import { partsOf, planReads } from '../segments/read-plan.ts'
import { readDirectory, readEntry } from '../storage/sample-index.ts'
import { indexAsset } from './index-asset.ts'
import type { IndexOrder } from './index-order.ts'

/** Tracks, segments and what is left out. Times in seconds are presentation times. */
export interface Inspection {
  readonly file: string
  readonly bytes: number
  readonly durationSeconds: number
  /** Requests and bytes that ingest would read. */
  readonly read: Readonly<ReadTally>
  readonly tracks: readonly InspectedTrack[]
  readonly skipped: readonly SkippedTrack[]
  readonly warnings: readonly AssetWarning[]
}

/** One track. */
export interface InspectedTrack {
  readonly id: string
  readonly type: string
  readonly codec: string
  readonly timescale: number
  readonly language?: string
  readonly width?: number
  readonly height?: number
  readonly frameRate?: readonly [number, number]
  readonly sampleRate?: number
  readonly channels?: number
  /** In-band caption services. */
  readonly captions?: readonly string[]
  /** Id of the video track whose key frames these are. */
  readonly trickOf?: string
  /** SAP type of the segments if not 1: 2 or 3 (TrackConfig). */
  readonly sap?: number
  /** Decoder configurations, if more than one; each segment names its own. */
  readonly configs?: readonly { readonly id: string; readonly codec: string }[]
  readonly bitsPerSecond: { readonly peak: number; readonly average: number }
  readonly segments: readonly InspectedSegment[]
}

/** One segment and the cost of building it. */
export interface InspectedSegment {
  readonly number: number
  readonly startSeconds: number
  readonly durationSeconds: number
  readonly bytes: number
  readonly samples: number
  readonly sync: boolean
  /** Set if the track has several. */
  readonly configId?: string
  /** The sample description of this or another track changes before it. */
  readonly discontinuity?: true
  /** Requests to storage, and bytes read but not needed. */
  readonly reads: number
  readonly overReadBytes: number
}

/** Reads and cuts the film; throws the errors ingest would. `keep` has the samples of a transport stream meanwhile. */
export async function inspectMp4(source: Source, keep?: IndexOrder['keep']): Promise<Inspection> {
  const read: ReadTally = { requests: 0, bytes: 0 }
  const { timeline, objects, durationSeconds, skipped, warnings } = await indexAsset({
    timelineId: 'vod/inspected',
    version: '0',
    files: [{ object: { bucket: 'upload', key: source.name }, source: counted(source, read) }],
    ...(keep && { keep }),
  })
  return {
    file: source.name,
    bytes: source.size,
    durationSeconds,
    read,
    skipped,
    warnings,
    tracks: timeline.tracks.map(
      ({ id, type, timescale, language, bandwidth, configs, segments, captions, trickOf }) => {
        const index =
          objects.find(({ key }) => key.endsWith(`/${id}/samples.bin`))?.bytes ?? new Uint8Array(0)
        const entries = readDirectory(index)
        const { id: _, codec = '', videoRange: _range, pixelAspect: _aspect, ...facts } = configs[0] ?? {}
        return {
          id,
          type,
          codec,
          timescale,
          ...(language && { language }),
          ...facts,
          ...(captions && { captions: captions.map((service) => service.id) }),
          ...(trickOf && { trickOf }),
          ...(configs.length > 1 && { configs: configs.map((one) => ({ id: one.id, codec: one.codec })) }),
          bitsPerSecond: bandwidth,
          segments: segments.map((segment, i) => ({
            number: segment.number,
            startSeconds: segment.start / timescale,
            durationSeconds: segment.duration / timescale,
            bytes: segment.bytes,
            sync: segment.sync,
            ...(configs.length > 1 && { configId: segment.configId }),
            ...(segment.discontinuity && { discontinuity: true as const }),
            ...(type === 'text' ? texts : cost(index, entries[i])),
          })),
        }
      },
    ),
  }
}

/** Cost of a text segment: its text lies in the index. */
const texts = { samples: 1, reads: 0, overReadBytes: 0 }

function cost(
  index: Uint8Array,
  entry: ReturnType<typeof readDirectory>[number] | undefined,
): Pick<InspectedSegment, 'samples' | 'reads' | 'overReadBytes'> {
  const { offset = 0, length = 0 } = entry?.entry ?? {}
  const { fragment, extents } = readEntry(index.subarray(offset, offset + length), entry?.number ?? 0)
  const reads = planReads(partsOf(extents, 0))
  const read = reads.reduce((sum, { range }) => sum + range.length, 0)
  const used = extents.reduce((sum, extent) => sum + extent.length, 0)
  return { samples: fragment.sizes.length, reads: reads.length, overReadBytes: Math.max(0, read - used) }
}
