/** GOPs: the units of a video track between which it may be cut. */
import { HeadendError } from '../../errors.ts'
import type { SourceTrack } from '../reading/source-track.ts'
import { type EditedSamples, isSync, presentationTime } from './edited-samples.ts'

/** Starts of GOPs, one entry more than GOPs: the last is the end. */
export interface Gops {
  /** First sample of each GOP. */
  readonly samples: readonly number[]
  /** Presentation time of the first frame shown, clipped at 0. */
  readonly starts: readonly number[]
  /** Bytes before each GOP, sample headers included. */
  readonly bytes: readonly number[]
  /** Whether the sample description changes before a GOP: there must be a cut. */
  readonly changes: readonly boolean[]
  /** Whether frames stored after a GOP's first one are shown before it (open GOP). */
  readonly leading: readonly boolean[]
}

/** Maximum bytes per sample in `trun`. */
const sampleHeaderBytes = 16

/**
 * GOPs shown one after the other; one whose frames interleave with those before it can not be cut at. Throws
 * MP4_DESCRIPTION_CHANGE if the sample description changes at such a place.
 */
export function gopsOf(track: SourceTrack, { from, to, end }: EditedSamples): Gops {
  const found: { sample: number; start: number; bytes: number; change: boolean; leading: boolean }[] = []
  const changes = new Set(track.descriptions.map((one) => one.from))
  let bytes = 0
  let start = Number.POSITIVE_INFINITY
  let shownUntil = Number.NEGATIVE_INFINITY
  let sample = from
  let bytesBefore = 0
  const close = () => {
    const last = found.at(-1)
    // Its frames are shown among those of the previous GOP, or after the end: it is merged with that GOP.
    const change = last !== undefined && changes.has(sample)
    if (last && (start <= shownUntil || start <= last.start || start >= end)) {
      if (change && start < end) throw mixed(track, sample)
      return
    }
    const leading = presentationTime(track, sample) > start
    found.push({ sample, start: Math.max(0, start), bytes: bytesBefore, change, leading })
  }
  let latest = Number.NEGATIVE_INFINITY
  for (let i = from; i < to; i++) {
    if (i > from && isSync(track, i)) {
      close()
      shownUntil = Math.max(shownUntil, latest)
      sample = i
      start = Number.POSITIVE_INFINITY
      bytesBefore = bytes
    }
    const time = presentationTime(track, i)
    if (time < start) start = time
    latest = Math.max(latest, time)
    bytes += (track.samples.sizes[i] ?? 0) + sampleHeaderBytes
  }
  close()
  return {
    samples: [...found.map((gop) => gop.sample), to],
    starts: [...found.map((gop) => gop.start), end],
    bytes: [...found.map((gop) => gop.bytes), bytes],
    changes: [...found.map((gop) => gop.change), false],
    leading: [...found.map((gop) => gop.leading), false],
  }
}

const mixed = ({ trackId }: SourceTrack, sample: number): HeadendError =>
  new HeadendError(
    'MP4_DESCRIPTION_CHANGE',
    `track ${trackId}: expected pictures in front of a new sample description to be shown before those behind it, ` +
      `got them mixed at sample ${sample + 1}; encode it anew`,
  )
