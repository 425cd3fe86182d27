/** Bit rates of protected tracks: the overhead of `senc`, `saiz` and `saio` is not recorded and must be estimated. */
import { startBufferSeconds, type Track } from '../../timeline/timeline.ts'
import { codecFamily } from '../codec-family.ts'
import type { Signalling } from './key-facts.ts'

/** Protected subsample ranges of a frame (slices or tiles). Most frames have one, few have more than eight. */
const pieces = { usual: 1, most: 8 }
/** The three boxes without their entries. */
const boxBytes = 17 + 20 + 16
/** Key signalling of a segment: `seig` and three `pssh`. */
const ownKeyBytes = 1500
/** Segment durations in seconds, usual and shortest; trick play key frames lie no closer, either. */
const segmentSeconds = { usual: 6, least: 1 }

const fastest = 120

/** The track's bit rates with overhead: peaks for the worst case, averages for the usual case. */
export function protectedRates(track: Track, signalling: Signalling): Track['bandwidth'] {
  const { bandwidth, segments, timescale } = track
  const most = bitsASecond(track, signalling, 'most')
  const usual = bitsASecond(track, signalling, 'usual')
  const longest = segments.reduce((seconds, { duration }) => Math.max(seconds, duration / timescale), 0)
  // All entries of a segment precede its first sample, and must not delay the player's start.
  const ahead = Math.max(1, longest / startBufferSeconds)
  const peak = Math.ceil(bandwidth.peak + most.segments + most.samples)
  const steady = Math.ceil((bandwidth.steady ?? bandwidth.peak) + most.segments + most.samples * ahead)
  return {
    peak,
    average: Math.ceil(bandwidth.average + usual.segments + usual.samples),
    ...(steady > peak && { steady }),
  }
}

/** Bits per second of sample entries, and of what each segment has once. */
function bitsASecond(
  { type, trickOf, configs }: Track,
  { scheme, inBand }: Signalling,
  how: 'usual' | 'most',
): { readonly samples: number; readonly segments: number } {
  const iv = scheme === 'cenc' ? 16 : 0
  // An entry of `senc`, and its length in `saiz`.
  const entry = type === 'video' ? iv + 2 + 6 * pieces[how] + 1 : type === 'audio' && iv > 0 ? iv + 1 : 0
  const isKeyed = inBand && (type === 'video' || type === 'audio')
  const own = (entry > 0 ? boxBytes : 0) + (isKeyed ? ownKeyBytes : 0)
  const rate = how === 'most' ? 1 / segmentSeconds.least : 1 / segmentSeconds.usual
  const [config] = configs
  if (trickOf !== undefined) {
    const [frames, seconds] = config?.frameRate ?? [1, segmentSeconds.usual]
    return { samples: 0, segments: 8 * (entry + own) * (how === 'most' ? rate : frames / seconds) }
  }
  return { samples: 8 * entry * samplesASecond(type, config), segments: 8 * own * rate }
}

function samplesASecond(type: Track['type'], config: Track['configs'][number] | undefined): number {
  const { frameRate = [60, 1], sampleRate = 48_000, framesASecond, codec = '' } = config ?? {}
  // Timestamps without durations can give absurd frame rates.
  if (type === 'video') return Math.min(fastest, frameRate[0] / frameRate[1])
  if (framesASecond !== undefined) return framesASecond
  // With SBR an AAC frame has twice as many samples.
  return (
    sampleRate / (/^mp4a\.40\.(5|29)$/.test(codec) ? 2048 : codecFamily(codec) === 'mp4a.40' ? 1024 : 960)
  )
}
