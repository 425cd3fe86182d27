/** Parses an upload's key: `vod/<assetId>.<ext>`, or `vod/<assetId>/<name>.<ext>`. */

import type { ErrorCode } from '../../errors.ts'
import { sha256Hex } from '../../platform/crypto/digest.ts'
import { type AssetId, idForm } from '../../timeline/ids.ts'

/** The asset a file belongs to, or the reason why it belongs to none. */
export type UploadKey =
  | { readonly kind: 'whole' | 'part' | 'commit'; readonly assetId: AssetId }
  /** The empty objects that consoles create for folders. Other rooms' keys never come here. */
  | { readonly kind: 'other' }
  /** Shown as a failed asset under an id derived from the key, so that the uploader sees the error. */
  | { readonly kind: 'bad'; readonly assetId: AssetId; readonly code: ErrorCode; readonly message: string }

const whole = /^vod\/([^/]+)\.[A-Za-z0-9]{1,16}$/
const part = /^vod\/([^/]+)\/([^/]+)$/
/** Sidecar subtitle files, supported or not. */
export const sidecars = /\.(vtt|srt|ttml|xml|scc)$/i

/** Parses a key. */
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
    // If taken for the main file, it would replace the film it belongs to.
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

/** The asset that an upload's key names; undefined if it is none of an asset's. */
export function assetOfKey(key: string): string | undefined {
  const read = readUploadKey(key)
  return read.kind === 'other' ? undefined : read.assetId
}

/** The key of the file that commits an asset of several files. */
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

/** An id made of the key's valid characters, and a digest that distinguishes two keys. */
function safeId(key: string): string {
  const words = key
    .replace(/^vod\//, '')
    .replace(/\.[A-Za-z0-9]{1,16}$/, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
  return `${words.slice(0, 100)}-${sha256Hex(key).slice(0, 8)}`
}
