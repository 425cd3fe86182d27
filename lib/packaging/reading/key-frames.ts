/**
 * Finds the key frames of a video track whose sync table is wrong: it marks every frame, or none. Players that seek or
 * use trick play start at frames that depend on others and show garbage, and a film without key frames would be one
 * segment.
 */
import type { Repair } from '../../formats/isobmff/index.ts'
import type { PictureKind } from '../../formats/picture-kind.ts'
import { mapConcurrently } from '../../platform/map-concurrently.ts'
import type { Source } from './source.ts'
import type { SourceTrack } from './source-track.ts'

/** Kinds of the frames examined, by sample. */
export type SeenPictures = ReadonlyMap<number, PictureKind>

/** Slices begin after parameter sets and SEI messages. */
const lookBytes = 512
/** Maximum number of frames read if the table is wrong: the largest of every stretch, for key frames are large. */
const maxLooks = 4096
/** Frames read if none were examined otherwise, and in a stretch without a key frame longer than encoders make. */
const fewLooks = 8
const maxStretchSeconds = 30

/** The kind of a frame whose first bytes were read; undefined if unknown. */
export const kindOf = (
  { codec, samples }: Pick<SourceTrack, 'codec' | 'samples'>,
  index: number,
  bytes: Uint8Array,
): PictureKind | undefined =>
  codec.type === 'video' ? codec.pictureKind?.({ bytes, size: samples.sizes[index] ?? 0 }) : undefined

/** The track with its actual key frames; the same track if no examined frame contradicts its table. */
export async function withKeyFrames(
  source: Source,
  track: SourceTrack,
  seen: SeenPictures,
): Promise<SourceTrack> {
  const { codec, samples } = track
  if (codec.type !== 'video' || !codec.pictureKind) return track
  const { sync, count } = samples
  const isNamed = (index: number): boolean => !sync || sync[index] === 1
  const named = sync ? sync.reduce((sum, one) => sum + one, 0) : count
  // AV1 frames are not read for any other purpose: read a few here.
  const first =
    seen.size > 0 || named < count ? seen : await look(source, track, largest(track, fewLooks, isNamed))
  const wrong = [...first].find(([index, kind]) => kind === 'other' && isNamed(index))?.[0]
  const missed = wrong === undefined ? await missedKeyFrame(source, track) : undefined
  if (wrong === undefined && missed === undefined) return track
  const candidates = wrong === undefined ? () => true : isNamed
  const kinds = await look(source, track, largest(track, maxLooks, candidates))
  const found = new Uint8Array(count)
  for (const [index, kind] of kinds)
    if (kind === 'key' || (isNamed(index) && (kind === 'intra' || wrong === undefined))) found[index] = 1
  // Whatever its kind, no frame comes before it.
  found[0] = 1
  const total = found.reduce((sum, one) => sum + one, 0)
  const lie =
    wrong === undefined
      ? `${named} key frames, and sample ${(missed ?? 0) + 1} is another`
      : `${named} key frames, and sample ${wrong + 1} is none`
  const repair: Repair = {
    code: 'MP4_SYNC_WRONG',
    reason: `expected all key frames and no other pictures to be named, got ${lie}; ${total} were found by reading ${kinds.size} pictures`,
  }
  return { ...track, samples: { ...samples, sync: found }, repairs: [...track.repairs, repair] }
}

/** A key frame among the largest frames of the longest stretch that has none marked, if that is implausibly long. */
async function missedKeyFrame(source: Source, track: SourceTrack): Promise<number | undefined> {
  const { sync, count, decodeTimes } = track.samples
  if (!sync) return undefined
  let [from, to] = [0, 0]
  let before = 0
  const long = maxStretchSeconds * track.timescale
  const span = (a: number, b: number): number => (decodeTimes[b] ?? 0) - (decodeTimes[a] ?? 0)
  for (let i = 1; i <= count; i++)
    if (i === count || sync[i] === 1) {
      if (span(before, i) > span(from, to)) [from, to] = [before, i]
      before = i
    }
  if (sync.includes(1) && span(from, to) <= long) return undefined
  const kinds = await look(
    source,
    track,
    largest(track, fewLooks, (i) => i >= from && i < to && sync[i] !== 1),
  )
  const missed = [...kinds].find(([, kind]) => kind === 'key')?.[0]
  // If the table marks none at all, the first frame is taken for one.
  return missed ?? (sync.includes(1) ? undefined : 0)
}

/** The largest samples of every stretch of the film, at most `most` in all, in order. */
function largest(
  { samples: { count, sizes } }: SourceTrack,
  most: number,
  isCandidate: (index: number) => boolean,
): number[] {
  const candidates: number[] = []
  for (let i = 0; i < count; i++) if (isCandidate(i)) candidates.push(i)
  if (candidates.length <= most) return candidates
  const chosen: number[] = []
  const stretch = Math.ceil((candidates.length * perStretch) / most)
  for (let from = 0; from < candidates.length; from += stretch)
    chosen.push(
      ...candidates
        .slice(from, from + stretch)
        .toSorted((a, b) => (sizes[b] ?? 0) - (sizes[a] ?? 0))
        .slice(0, perStretch),
    )
  return chosen.toSorted((a, b) => a - b)
}

/** Samples per stretch: key frames may be close together. */
const perStretch = 2

async function look(source: Source, track: SourceTrack, indexes: readonly number[]): Promise<SeenPictures> {
  const { offsets, sizes } = track.samples
  const kinds = await mapConcurrently(indexes, async (index) => {
    const from = offsets[index] ?? 0
    const length = Math.max(0, Math.min(lookBytes, sizes[index] ?? 0, source.size - from))
    return kindOf(track, index, await source.read(from, length))
  })
  return new Map(kinds.flatMap((kind, i) => (kind === undefined ? [] : [[indexes[i] ?? 0, kind] as const])))
}
