/** Determines which uploads make up an asset, and thereby its version. */

import { commitKey, readUploadKey, sidecars, type UploadSource } from '../../assets/index.ts'
import { sha256Hex } from '../../platform/crypto/digest.ts'
import type { AssetId } from '../../timeline/ids.ts'

/** The uploads in use: one self-contained film, or the files of a folder, committed or not. */
export interface Composition {
  readonly keys: readonly string[]
  /** Key of `asset.json`, if the folder has one. */
  readonly commit?: string
}

/** A self-contained film and a folder may share an id: the latest upload wins, whatever order the events arrive in. */
export function compositionOf(
  assetId: AssetId,
  sources: Readonly<Record<string, UploadSource>>,
): Composition {
  const commit = commitKey(assetId)
  const folder = Object.keys(sources).filter((key) => readUploadKey(key).kind !== 'whole')
  const wholes = Object.keys(sources).filter((key) => readUploadKey(key).kind === 'whole')
  // Subtitles alone are no asset: they belong to the self-contained film.
  const beside = wholes.length > 0 && folder.every((key) => sidecars.test(key)) ? folder : []
  const groups = [
    ...wholes.map((key) => [key]),
    ...(folder.length > 0 && beside.length === 0 ? [folder] : []),
  ]
  const latest = (keys: readonly string[]): string =>
    keys.map((key) => `${sources[key]?.eventTime ?? ''} ${key}`).reduce((a, b) => (b > a ? b : a), '')
  const newest = groups.reduce<readonly string[]>((a, b) => (latest(b) > latest(a) ? b : a), [])
  return {
    keys: [...newest, ...beside].filter((key) => key !== commit).toSorted(),
    ...(newest.includes(commit) && { commit }),
  }
}

/** Incremented when the same uploads would be cut or written differently: the content behind a URL never changes. */
const indexRevision = 5

/** A hash of the content: the same uploads give the same version, in whatever order and however often reported. */
export function versionOf(
  parts: readonly { readonly key: string; readonly source: UploadSource }[],
  /** Id of the reindex request, if any: it must yield other URLs for the same uploads. */
  asked?: string,
): string {
  const words = parts
    .map(({ key, source }) => [key, source.versionId ?? source.etag] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return sha256Hex(JSON.stringify([indexRevision, ...(asked ? [asked] : []), ...words])).slice(0, 16)
}
