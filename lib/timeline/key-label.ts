/** Assigns a key label to a track: by its type, and for video by its number of pixels. */
import type { Track, TrackType } from './timeline.ts'

/** One key for all tracks, or separate keys for audio and for each size class of video. */
export type KeySharing = 'shared' | 'perType'

/** The facts that decide a track's key. */
export interface LabelledTrack {
  readonly type: TrackType
  /** Width times height of its video. */
  readonly pixels?: number
}

/** Width times height of a track's largest video; 0 if it has none. */
export const pixelsOf = ({ configs }: Pick<Track, 'configs'>): number =>
  Math.max(0, ...configs.map(({ width = 0, height = 0 }) => width * height))

/** All key labels of content. */
export function keyLabels(keys: KeySharing): readonly string[] {
  return keys === 'shared' ? ['ALL'] : ['AUDIO', 'SD', 'HD', 'UHD']
}

/** Label of a track; undefined for types that are never encrypted: text, images, metadata. */
export function keyLabelOf(keys: KeySharing, { type, pixels = 0 }: LabelledTrack): string | undefined {
  if (type !== 'video' && type !== 'audio') return undefined
  if (keys === 'shared') return 'ALL'
  return type === 'audio' ? 'AUDIO' : pictureClass(pixels)
}

/** Upper bounds of SPEKE v2's track types, inclusive: SD up to 1024x576, HD (HD1 and HD2) up to 1920x1080. */
function pictureClass(pixels: number): 'SD' | 'HD' | 'UHD' {
  if (pixels <= 589_824) return 'SD'
  return pixels <= 2_073_600 ? 'HD' : 'UHD'
}
