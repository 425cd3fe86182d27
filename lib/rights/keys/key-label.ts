/** Which key a rendition falls under: by its type, and pictures by how many pixels they have. */
import type { EncryptedPolicy } from '../protection/policy.ts'

/** What decides a rendition's key. */
export interface LabelledRendition {
  readonly type: 'video' | 'audio' | 'text' | 'image' | 'metadata'
  readonly width?: number
  readonly height?: number
}

/** Every label under which content of a policy has keys. */
export function keyLabels(keys: EncryptedPolicy['keys']): readonly string[] {
  return keys === 'shared' ? ['ALL'] : ['AUDIO', 'SD', 'HD', 'UHD']
}

/** Label of a rendition; undefined for what is never encrypted: text, images, metadata. */
export function keyLabelOf(
  keys: EncryptedPolicy['keys'],
  { type, width = 0, height = 0 }: LabelledRendition,
): string | undefined {
  if (type !== 'video' && type !== 'audio') return undefined
  if (keys === 'shared') return 'ALL'
  return type === 'audio' ? 'AUDIO' : pictureClass(width * height)
}

/** Upper bounds of SPEKE v2's track types, inclusive: SD up to 1024x576, HD (HD1 and HD2) up to 1920x1080. */
function pictureClass(pixels: number): 'SD' | 'HD' | 'UHD' {
  if (pixels <= 589_824) return 'SD'
  return pixels <= 2_073_600 ? 'HD' : 'UHD'
}
