/** Which key a track falls under: by its type, and pictures by how many pixels they have. */
import type { Track, TrackType } from './timeline.ts'

/** One key for all tracks, or one each for sound and for pictures by their size. */
export type KeySharing = 'shared' | 'perType'

/** What decides a track's key. */
export interface LabelledTrack {
  readonly type: TrackType
  /** Width times height of its pictures. */
  readonly pixels?: number
}

/** Width times height of a track's largest pictures; 0 of what has none. */
export const pixelsOf = ({ configs }: Pick<Track, 'configs'>): number =>
  Math.max(0, ...configs.map(({ width = 0, height = 0 }) => width * height))

/** Every label under which content has keys. */
export function keyLabels(keys: KeySharing): readonly string[] {
  return keys === 'shared' ? ['ALL'] : ['AUDIO', 'SD', 'HD', 'UHD']
}

/** Label of a track; undefined for what is never encrypted: text, images, metadata. */
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
