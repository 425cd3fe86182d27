/** What an upload's key says: `vod/<assetId>.<ext>`, or `vod/<assetId>/<name>.<ext>`. */

import type { ErrorCode } from '../../errors.ts'
import { sha256Hex } from '../../platform/crypto/digest.ts'
import { type AssetId, idForm } from '../../timeline/ids.ts'

/** Whose file it is, or why it is nobody's. */
export type UploadKey =
  | { readonly kind: 'whole' | 'part' | 'commit'; readonly assetId: AssetId }
  /** The empty objects consoles make for folders. What is another room's never comes here. */
  | { readonly kind: 'other' }
  /** Shown as a failed asset under an id made of the key, so that nobody waits in vain. */
  | { readonly kind: 'bad'; readonly assetId: AssetId; readonly code: ErrorCode; readonly message: string }

const whole = /^vod\/([^/]+)\.[A-Za-z0-9]{1,16}$/
const part = /^vod\/([^/]+)\/([^/]+)$/
/** Texts beside a film, whether they can be read or not. */
export const sidecars = /\.(vtt|srt|ttml|xml|scc)$/i

/** Reads a key. */
export function readUploadKey(key: string): UploadKey {
  if (key.endsWith('/')) return { kind: 'other' }
  const [, partOf, name = ''] = part.exec(key) ?? []
  const [, wholeOf] = whole.exec(key) ?? []
  const assetId = partOf ?? wholeOf
  if (assetId === undefined)
    return bad(key, 'ASSET_KEY', 'expected vod/<assetId>.<ext> or vod/<assetId>/<name>.<ext>')
  if (!idForm.test(assetId))
    return bad(
      key,
      'ASSET_ID',
      `expected an asset id of 1 to 128 of A-Z a-z 0-9 . _ -, got ${JSON.stringify(assetId)}`,
    )
  if (partOf === undefined) {
    // Taken for the film it would displace the one it belongs to.
    if (sidecars.test(key))
      return bad(
        key,
        'ASSET_SUBTITLES',
        `expected subtitles in the folder of their film, vod/${assetId}/<name>.<ext>, got them beside it`,
        'upload them into that folder',
      )
    return { kind: 'whole', assetId }
  }
  return { kind: name === 'asset.json' ? 'commit' : 'part', assetId }
}

/** The asset an upload is of; undefined where it is none of an asset's. */
export function assetOfKey(key: string): string | undefined {
  const read = readUploadKey(key)
  return read.kind === 'other' ? undefined : read.assetId
}

/** Key of the file that commits an asset of several files. */
export const commitKey = (assetId: AssetId): string => `vod/${assetId}/asset.json`

function bad(
  key: string,
  code: ErrorCode,
  text: string,
  advice = 'upload it again under another name',
): UploadKey {
  return {
    kind: 'bad',
    assetId: safeId(key),
    code,
    message: `${key}: ${text}; ${advice}`,
  }
}

/** What the key has in common with an id, and a digest that keeps two keys apart. */
function safeId(key: string): string {
  const words = key
    .replace(/^vod\//, '')
    .replace(/\.[A-Za-z0-9]{1,16}$/, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
  return `${words.slice(0, 100)}-${sha256Hex(key).slice(0, 8)}`
}
