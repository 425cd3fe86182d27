/** The size pictures are shown in: RESOLUTION is that (RFC 8216bis 4.4.6.2), whatever the shape of the pixels coded. */
import type { TrackConfig } from '../../timeline/timeline.ts'

/** Lines stay as they are, columns are as many as square pixels would be. */
export function displayed(
  config: TrackConfig | undefined,
): { readonly width: number; readonly height: number } | undefined {
  const { width, height, pixelAspect: [h, v] = [1, 1] } = config ?? {}
  return width === undefined || height === undefined
    ? undefined
    : { width: Math.round((width * h) / v), height }
}
