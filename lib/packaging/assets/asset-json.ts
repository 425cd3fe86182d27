/** `asset.json`: the file that commits an asset of several files. */

import { maxFiles } from '../../assets/index.ts'
import { HeadendError } from '../../errors.ts'
import type { AssetId } from '../../timeline/ids.ts'
import type { CaptionService } from '../../timeline/timeline.ts'
import { readCaptions, wantedCaptions } from './asset-captions.ts'
import { readRoles, wantedRoles } from './asset-roles.ts'
import { clipped } from './clip-text.ts'
import { bcp47 } from './language.ts'

/** The contents of `asset.json`. */
export interface AssetJson {
  readonly title?: string
  readonly files: readonly AssetFile[]
  /** In-band captions, if listed. */
  readonly captions?: readonly CaptionService[]
  /** The requested protection, unparsed. */
  readonly protection?: unknown
  /** Track types the asset may go without, although its files have some that can't be delivered. */
  readonly optional?: readonly ('video' | 'audio')[]
}

/** A file of the asset. */
export interface AssetFile {
  readonly key: string
  readonly language?: string
  readonly name?: string
  /** DASH roles of its audio and text tracks. */
  readonly roles?: readonly string[]
  /** Its video tracks are renditions of the same content. */
  readonly renditions?: true
}

/** Text shown in manifests: one line, no control characters, limited length. */
const words = 'text in one line of at most 500 characters'
const isWords = (value: unknown): value is string =>
  typeof value === 'string' && /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{0,500}$/u.test(value)

/**
 * Reads `{"files": ["1080p.mp4", {"name": "de.m4a", "language": "de", "label": "Deutsch"}], "title": …,
 * "languages": {"fr.m4a": "fr"}, "captions": [{"id": "CC1", "language": "en"}], "protection": "none",
 * "sound": "optional"}`. Unknown members are ignored.
 */
export function readAssetJson(text: string, assetId: AssetId): AssetJson {
  const folder = `vod/${assetId}/`
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new HeadendError(
      'ASSET_JSON',
      `${folder}asset.json: expected JSON, got ${clipped((cause as Error).message, 200)}`,
      { cause },
    )
  }
  const refuse = (what: string, got: unknown): HeadendError =>
    new HeadendError('ASSET_JSON', `${folder}asset.json: expected ${what}, got ${shown(got)}`)
  if (!isRecord(json)) throw refuse('an object', json)
  const { title, files, languages } = json
  if (title !== undefined && !isWords(title)) throw refuse(`a title of ${words}`, title)
  if (!Array.isArray(files) || files.length === 0 || files.length > maxFiles)
    throw refuse(`1 to ${maxFiles} files`, files)
  const captions = readCaptions(json['captions'])
  if (json['captions'] !== undefined && !captions) throw refuse(wantedCaptions, json['captions'])
  const byName = isRecord(languages) ? languages : {}
  const read = files.map((file: unknown): AssetFile => {
    const facts: Record<string, unknown> = isRecord(file) ? file : { name: file }
    const named = facts['name'] ?? facts['file'] ?? facts['key']
    const name = typeof named === 'string' ? named.replace(folder, '') : ''
    if (!/^[^/]{1,256}$/.test(name) || name === 'asset.json')
      throw refuse(`the name of a file in ${folder}`, file)
    const stated = facts['language'] ?? byName[name]
    const language = typeof stated === 'string' ? bcp47(stated) : undefined
    if (stated !== undefined && !language) throw refuse('a language of BCP 47', stated)
    const label = facts['label'] ?? undefined
    if (label !== undefined && !isWords(label)) throw refuse(`a label of ${words}`, label)
    const roles = readRoles(facts)
    if (roles === null) throw refuse(wantedRoles, file)
    const { renditions } = facts
    if (renditions !== undefined && renditions !== true) throw refuse('renditions true', renditions)
    return {
      key: folder + name,
      ...(renditions && { renditions }),
      ...(language && { language }),
      ...(label && { name: label }),
      ...(roles && { roles }),
    }
  })
  if (new Set(read.map(({ key }) => key)).size < read.length) throw refuse('each file once', files)
  const { protection } = json
  // The details are parsed by rights.
  if (!(protection === undefined || typeof protection === 'string' || isRecord(protection)))
    throw refuse('protection "none" or a policy', protection)
  const optional = (['pictures', 'sound'] as const).filter((word) => json[word] !== undefined)
  for (const word of optional) if (json[word] !== 'optional') throw refuse(`${word} "optional"`, json[word])
  return {
    ...(title && { title }),
    files: read,
    ...(optional.length > 0 && {
      optional: optional.map((word) => (word === 'pictures' ? ('video' as const) : ('audio' as const))),
    }),
    ...(captions && { captions }),
    ...(protection !== undefined && { protection }),
  }
}

/** The value found, clipped; some values are nested too deep to print. */
function shown(value: unknown): string {
  try {
    return clipped(JSON.stringify(value) ?? 'nothing', 200)
  } catch {
    return 'a value too deep to print'
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
