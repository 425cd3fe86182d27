/**
 * Finds what video carries in SEI messages and no box states: captions, and the preferred transfer characteristics.
 * Reads the beginnings of a few frames spread over the film and, if there are captions, of some more, to find services
 * that are rarely used.
 */
import { CaptionServices, readCcData } from '../../formats/cea/index.ts'
import type { NalUnits } from '../../formats/isobmff/index.ts'
import { preferredTransfer, type SeiMessage, seiMessages, t35Message } from '../../formats/sei.ts'
import { mapConcurrently } from '../../platform/map-concurrently.ts'
import type { CaptionService } from '../../timeline/timeline.ts'
import type { Source } from './source.ts'
import type { SourceTrack } from './source-track.ts'

/** The result of the probe. */
export interface SeiFindings {
  readonly captions: readonly CaptionService[]
  readonly preferredTransfer?: number
}

/** Byte limit per file, for all its video tracks; `findMoov` and `fragmentsOf` have the rest of 64 KB. */
export const messageBytes = 20 * 1024
/** Parameter sets and SEI messages precede the slices. */
const lookBytes = 512
const firstLooks = 12
const atOnce = 8
/** SEI messages on colour are at random access points: one in so many reads is at a key frame. */
const keyFrameEvery = 3

/** The parts of a video track needed to probe it. */
export interface Pictures {
  readonly codec: SourceTrack['codec']
  readonly samples: Pick<SourceTrack['samples'], 'count' | 'sizes' | 'offsets' | 'sync'>
}

/** The byte limit, and a callback that also receives the start of each sample read. */
interface Looking {
  readonly spareBytes: number
  readonly seen?: (index: number, start: Uint8Array) => void
}

/** Probes a video track, reading at most `spareBytes`. */
export async function probeSei(
  source: Source,
  { codec, samples }: Pictures,
  { spareBytes, seen }: Looking,
): Promise<SeiFindings> {
  const nalUnits = codec.type === 'video' ? codec.nalUnits : undefined
  if (!nalUnits) return { captions: [] }
  const services = new CaptionServices()
  let transfer: number | undefined
  let carriesCaptions = false
  const look = (bytes: Uint8Array, index: number): void => {
    seen?.(index, bytes)
    const messages = messagesOf(bytes, nalUnits)
    transfer ??= preferredTransfer(messages)
    for (const { type, payload } of messages) {
      const pairs = type === t35Message ? readCcData(payload) : undefined
      if (!pairs) continue
      carriesCaptions = true
      services.add(pairs)
    }
  }
  const most = Math.floor(spareBytes / lookBytes)
  const few = Math.min(firstLooks, most)
  await lookAt(source, samples, { count: few, shift: 0, look })
  // The second pass reads in between.
  if (carriesCaptions) await lookAt(source, samples, { count: most - few, shift: 0.5, look })
  return {
    captions: services.ids.map((id) => ({ id })),
    ...(transfer !== undefined && { preferredTransfer: transfer }),
  }
}

interface Looks {
  readonly count: number
  /** Offset as a share of the distance to the next one. */
  readonly shift: number
  readonly look: (picture: Uint8Array, index: number) => void
}

async function lookAt(
  source: Source,
  samples: Pictures['samples'],
  { count, shift, look }: Looks,
): Promise<void> {
  const indexes = new Set<number>()
  for (let i = 0; i < count; i++) {
    const index = Math.floor(((i + shift) * samples.count) / count)
    indexes.add(i % keyFrameEvery === 0 ? keyFrameOf(samples, index) : index)
  }
  await mapConcurrently(
    [...indexes],
    async (index) => {
      const from = samples.offsets[index] ?? 0
      const bytes = await source.read(from, Math.max(0, Math.min(lookBytes, source.size - from)))
      // Several small frames may lie in the bytes read.
      for (let i = index; i < samples.count; i++) {
        const start = (samples.offsets[i] ?? 0) - from
        if (start < 0 || start >= bytes.length) break
        look(bytes.subarray(start, start + (samples.sizes[i] ?? 0)), i)
      }
    },
    atOnce,
  )
}

function keyFrameOf({ sync }: Pictures['samples'], index: number): number {
  if (!sync) return index
  let at = index
  while (at > 0 && sync[at] !== 1) at--
  return at
}

/** SEI NAL units precede the first VCL NAL unit; the last one may be cut off. */
function messagesOf(picture: Uint8Array, { kind, lengthBytes }: NalUnits): SeiMessage[] {
  const messages: SeiMessage[] = []
  for (let at = 0; at + lengthBytes < picture.length; ) {
    let length = 0
    for (let i = 0; i < lengthBytes; i++) length = length * 256 + (picture[at++] ?? 0)
    const nal = picture.subarray(at, at + length)
    const first = nal[0] ?? 0
    const type = kind === 'avc' ? first & 31 : (first >> 1) & 63
    if (kind === 'avc' ? type >= 1 && type <= 5 : type < 32) break
    if (kind === 'avc' && type === 6) messages.push(...seiMessages(nal, 1))
    if (kind === 'hevc' && type === 39) messages.push(...seiMessages(nal, 2))
    at += length
  }
  return messages
}
