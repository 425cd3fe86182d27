/**
 * A film as an endless feed: its segments one loop after the other on a clock that counts from 1970, so that ingest takes
 * it at its word and nothing but the pictures shows where a loop ends.
 */
import { type FeedTrack, feedObject, partsWithin } from '../../lib/packaging/index.ts'

/** Segments of its tracks, in order, at least one of video. */
export interface PlayedAsset {
  readonly video: readonly FeedTrack[]
  /** None if it is silent. */
  readonly audio: readonly FeedTrack[]
}

/** An object of the feed. */
export interface LoopedObject {
  readonly path: string
  readonly bytes: () => Uint8Array
}

/** The feed. */
export interface LoopedAsset {
  /** Longest segment. */
  readonly segmentSeconds: number
  readonly inits: readonly LoopedObject[]
  /** What an encoder would have written behind one time and up to another, in epoch milliseconds. */
  between(afterMs: number, untilMs: number): readonly LoopedObject[]
}

/** One track of the feed in one loop, counted from 1970. */
type Loop = (count: number) => readonly Placed[]

interface Placed {
  readonly endMs: number
  readonly bytes: () => Uint8Array
}

/** Loops a film. */
export function loopedAsset({ video, audio }: PlayedAsset): LoopedAsset {
  const timescale = video[0]?.timescale ?? 1
  const ticks = video.reduce((total, { duration }) => total + duration, 0)
  const loopMs = (1000 * ticks) / timescale
  const tracks: readonly (readonly [name: string, segments: readonly FeedTrack[], loop: Loop])[] = [
    ['video', video, videoLoop(video, ticks)],
    ['audio', audio, audioLoop(audio, ticks / timescale)],
  ]
  return {
    segmentSeconds: Math.ceil(
      Math.max(...[...video, ...audio].map(({ duration, timescale: units }) => duration / units)),
    ),
    inits: tracks.flatMap(([name, [first]]) =>
      first ? [{ path: `${name}/init.mp4`, bytes: () => first.init }] : [],
    ),
    between(afterMs, untilMs) {
      // Audio of the loop before may end a frame behind it.
      const from = Math.floor(afterMs / loopMs) - 1
      const loops = Array.from({ length: Math.floor(untilMs / loopMs) - from + 1 }, (_, i) => from + i)
      return loops.flatMap((count) =>
        tracks.flatMap(([name, segments, loop]) =>
          loop(count).flatMap(({ endMs, bytes }, i) => {
            const path = `${name}/${count * segments.length + i + 1}.m4s`
            return endMs > afterMs && endMs <= untilMs ? [{ path, bytes }] : []
          }),
        ),
      )
    },
  }
}

const videoLoop =
  (segments: readonly FeedTrack[], ticks: number): Loop =>
  (count) => {
    const first = segments[0]?.start ?? 0
    return segments.map((track) => {
      const start = count * ticks + track.start - first
      return {
        endMs: (1000 * (start + track.duration)) / track.timescale,
        bytes: () => feedObject(track, { start, duration: track.duration }),
      }
    })
  }

/**
 * Audio lies in frames of one length for ever, of which a loop holds no whole number: each begins with the first frame
 * behind its video's beginning, and has one more or less at its end. So the two never part by more than a frame.
 */
function audioLoop(segments: readonly FeedTrack[], loopSeconds: number): Loop {
  const [first] = segments
  const frameTicks = first?.fragment.durations[0] ?? 0
  if (!first || frameTicks === 0) return () => []
  const { timescale, start } = first
  // What lies before the film's beginning only primes a decoder, which the loop before has done.
  const primed = Math.max(0, Math.round(-start / frameTicks))
  const counts = segments.map(({ fragment }, i) => fragment.sizes.length - (i === 0 ? primed : 0))
  const beginOf = (count: number): number => Math.ceil((count * loopSeconds * timescale) / frameTicks)
  return (count) => {
    const [begin, end] = [beginOf(count), beginOf(count + 1)]
    let at = begin
    return segments.map((segment, i) => {
      const from = i === 0 ? primed : 0
      const isLast = i === segments.length - 1
      const place = { start: at * frameTicks, frames: isLast ? end - at : (counts[i] ?? 0) }
      at += place.frames
      return {
        endMs: (1000 * at * frameTicks) / timescale,
        bytes: () => framesOf(segment, from, place.frames, { start: place.start, frameTicks }),
      }
    })
  }
}

/** So many frames of a segment at a place; the last one lasts longer where the film has fewer. */
function framesOf(
  track: FeedTrack,
  from: number,
  frames: number,
  { start, frameTicks }: { readonly start: number; readonly frameTicks: number },
): Uint8Array {
  const { fragment, extents, media } = track
  const payload = partsWithin(media, extents)
  const sizes = fragment.sizes.subarray(from, from + frames)
  const offset = sum(fragment.sizes.subarray(0, from))
  const duration = sizes.length * frameTicks
  const whole: FeedTrack = {
    ...track,
    media: payload,
    start,
    duration,
    fragment: {
      ...fragment,
      decodeTime: start,
      sizes,
      durations: new Uint32Array(sizes.length).fill(frameTicks),
    },
    extents: [{ offset, length: sum(sizes) }],
  }
  return feedObject(whole, { start, duration: frames * frameTicks })
}

const sum = (values: Uint32Array): number => values.reduce((total, value) => total + value, 0)
