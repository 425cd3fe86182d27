/** Plans an upload: its key and its parts. Pure. */

import { HeadendError } from '../../errors.ts'
import type { AssetId } from '../../timeline/ids.ts'
import { assetIdOf } from './asset-id.ts'
import { readUploadKey, sidecars } from './upload-key.ts'

/** The inputs of the key. */
export interface UploadName {
  readonly fileName?: string | undefined
  readonly assetId?: AssetId | undefined
  readonly contentType?: string | undefined
  /** True for one of several files of the asset, whatever its content. */
  readonly folder?: boolean | undefined
}

/** The smallest part: small enough that resending one costs little, above S3's 5 MiB. */
const smallestPartBytes = 8 * 2 ** 20
const maxParts = 10_000
const mebibyte = 2 ** 20

const extensionOfType: Readonly<Record<string, string>> = {
  'video/mp4': 'mp4',
  'video/quicktime': 'mov',
  'video/mp2t': 'ts',
  'video/webm': 'webm',
  'video/x-matroska': 'mkv',
  'audio/mp4': 'm4a',
  'text/vtt': 'vtt',
  'application/x-subrip': 'srt',
  'application/ttml+xml': 'ttml',
}

/**
 * The asset id and key of an upload; the same name gives the same asset, so uploading it again makes a new version.
 * Throws UPLOAD_NAME for a file that belongs to an asset and does not say to which: ingest would refuse every key for
 * it.
 */
export function uploadTarget(name: UploadName): { readonly assetId: AssetId; readonly key: string } {
  const base = name.fileName?.split(/[/\\]/).at(-1) ?? ''
  const dot = base.lastIndexOf('.')
  const ending = dot > 0 ? base.slice(dot + 1).toLowerCase() : ''
  const extension = /^[a-z0-9]{1,8}$/.test(ending)
    ? ending
    : (extensionOfType[name.contentType?.split(';')[0]?.trim().toLowerCase() ?? ''] ?? 'mp4')
  const stem = dot > 0 ? base.slice(0, dot) : base
  const isCommit = base === 'asset.json'
  if (!name.folder && !isCommit && !sidecars.test(`.${extension}`)) {
    const assetId = name.assetId ?? assetIdOf(stem)
    return checked(assetId, `vod/${assetId}.${extension}`)
  }
  if (name.assetId === undefined)
    throw new HeadendError(
      'UPLOAD_NAME',
      `${base.slice(0, 100)}: expected an assetId beside it, for it belongs to a film, got none; in the console, add it on the page of its film`,
    )
  return checked(name.assetId, `vod/${name.assetId}/${isCommit ? base : `${assetIdOf(stem)}.${extension}`}`)
}

/** Checks the key with the parser that ingest uses. */
function checked(assetId: AssetId, key: string): { readonly assetId: AssetId; readonly key: string } {
  const read = readUploadKey(key)
  if (read.kind !== 'bad' && read.kind !== 'other' && read.assetId === assetId) return { assetId, key }
  throw new HeadendError('UPLOAD_NAME', read.kind === 'bad' ? read.message : `${key}: no key of an asset`)
}

/** The length of all parts but the last: whole MiB, and no more parts than S3 accepts. */
export function partBytesFor(bytes: number): number {
  const least = Math.ceil(bytes / maxParts / mebibyte) * mebibyte
  return Math.max(smallestPartBytes, least)
}

/** The number of parts. */
export const partCountOf = (bytes: number, partBytes: number): number => Math.ceil(bytes / partBytes)

/** The byte range of part `number` (from 1). */
export function partRange(
  { bytes, partBytes }: { readonly bytes: number; readonly partBytes: number },
  number: number,
): { readonly offset: number; readonly bytes: number } {
  const offset = (number - 1) * partBytes
  return { offset, bytes: Math.min(partBytes, bytes - offset) }
}
