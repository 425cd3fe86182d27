/**
 * Display size of video, which is RESOLUTION (RFC 8216bis 4.4.6.2) whatever the pixel aspect ratio of the coded video.
 */
import type { TrackConfig } from '../../timeline/timeline.ts'

/** Lines stay the same; columns are scaled to square pixels. */
export function displayed(
  config: TrackConfig | undefined,
): { readonly width: number; readonly height: number } | undefined {
  const { width, height, pixelAspect: [h, v] = [1, 1] } = config ?? {}
  return width === undefined || height === undefined
    ? undefined
    : { width: Math.round((width * h) / v), height }
}
