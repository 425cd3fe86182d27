/** What a playing video tells of itself. */
import type { DrmInUse } from '../drm.ts'
import type { Playing } from '../player.ts'

/** One reading. */
export interface Figures {
  readonly state: 'loading' | 'playing' | 'paused' | 'buffering' | 'ended' | 'error'
  readonly atSeconds: number
  /** Where a viewer may go back to. */
  readonly fromSeconds: number
  /** The end; of what is live, as far as it is there. */
  readonly durationSeconds: number | undefined
  readonly bufferSeconds: number
  readonly bitrate: number | undefined
  readonly width: number
  readonly height: number
  readonly frames: number
  readonly droppedFrames: number
  readonly drm: DrmInUse | undefined
}

/** Reads a video element and its player. */
export function figuresOf(video: HTMLVideoElement, playing: Playing | undefined): Figures {
  const { totalVideoFrames, droppedVideoFrames } = video.getVideoPlaybackQuality()
  return {
    state: stateOf(video),
    atSeconds: video.currentTime,
    ...rangeOf(video),
    bufferSeconds: bufferAhead(video),
    bitrate: playing?.bitrate(),
    width: video.videoWidth,
    height: video.videoHeight,
    frames: totalVideoFrames,
    droppedFrames: droppedVideoFrames,
    drm: playing?.drm(),
  }
}

/** Of what is live, only its window can be gone to. */
function rangeOf({ duration, seekable }: HTMLVideoElement): Pick<Figures, 'fromSeconds' | 'durationSeconds'> {
  if (Number.isFinite(duration)) return { fromSeconds: 0, durationSeconds: duration }
  const last = seekable.length - 1
  if (last < 0) return { fromSeconds: 0, durationSeconds: undefined }
  return { fromSeconds: seekable.start(0), durationSeconds: seekable.end(last) }
}

function stateOf(video: HTMLVideoElement): Figures['state'] {
  if (video.error) return 'error'
  if (video.ended) return 'ended'
  if (video.readyState === HTMLMediaElement.HAVE_NOTHING) return 'loading'
  if (video.paused) return 'paused'
  return video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA ? 'buffering' : 'playing'
}

/** Seconds that play on without another byte. Neighbouring ranges may lie a few milliseconds apart. */
function bufferAhead({ buffered, currentTime }: HTMLVideoElement): number {
  for (let i = 0; i < buffered.length; i++) {
    if (currentTime >= buffered.start(i) - 0.1 && currentTime <= buffered.end(i))
      return buffered.end(i) - currentTime
  }
  return 0
}
