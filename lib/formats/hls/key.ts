/** EXT-X-KEY and EXT-X-SESSION-KEY (RFC 8216bis 4.4.4.4, 4.4.6.5). */
import { HeadendError } from '../../errors.ts'
import { optional } from '../optional.ts'
import { type AttributeList, textOf } from './attribute-list.ts'
import type { HlsKey } from './playlist.ts'
import { bare, quoted, tagLine } from './print-attributes.ts'
import { VERSION_OF } from './version.ts'

/** A key in any playlist: any method, with members possibly missing. */
export interface ReadKey {
  readonly method: string
  readonly uri?: string
  /** As printed, 0x included. */
  readonly iv?: string
  readonly keyFormat?: string
  readonly keyFormatVersions?: string
}

/** The default KEYFORMAT. */
const IDENTITY = 'identity'

/**
 * Prints a change of keys. A key applies until the next one of its KEYFORMAT, so a format that is no longer in the list
 * is ended by METHOD=NONE first.
 */
export function printKeys(keys: readonly HlsKey[], before: readonly HlsKey[]): string {
  const stale = before.some((old) => !keys.some((key) => formatOf(key) === formatOf(old)))
  let lines = stale || keys.length === 0 ? '#EXT-X-KEY:METHOD=NONE\n' : ''
  for (const key of keys) lines += printKey('EXT-X-KEY', key)
  return lines
}

/** One tag, `EXT-X-KEY` or `EXT-X-SESSION-KEY`. */
export function printKey(tag: 'EXT-X-KEY' | 'EXT-X-SESSION-KEY', key: HlsKey): string {
  return tagLine(
    tag,
    bare('METHOD', key.method),
    quoted('URI', key.uri),
    key.iv === undefined ? undefined : `IV=0x${initializationVector(key.iv)}`,
    quoted('KEYFORMAT', key.keyFormat),
    quoted('KEYFORMATVERSIONS', key.keyFormatVersions),
  )
}

/** Parses a tag; undefined for METHOD=NONE or without a method. */
export function readKey(attributes: AttributeList): ReadKey | undefined {
  const method = textOf(attributes, 'METHOD')
  if (method === undefined || method === 'NONE') return undefined
  return {
    method,
    ...optional('uri', textOf(attributes, 'URI')),
    ...optional('iv', textOf(attributes, 'IV')),
    ...optional('keyFormat', textOf(attributes, 'KEYFORMAT')),
    ...optional('keyFormatVersions', textOf(attributes, 'KEYFORMATVERSIONS')),
  }
}

/** The keys that apply after `key`, which replaces the one of its format. */
export function nextKeys(keys: readonly ReadKey[], key: ReadKey | undefined): readonly ReadKey[] {
  return key ? [...keys.filter((old) => formatOf(old) !== formatOf(key)), key] : []
}

/** The protocol version that a key requires. */
export function versionOfKey(key: HlsKey): number {
  if (key.keyFormat !== undefined || key.keyFormatVersions !== undefined) return VERSION_OF.keyFormat
  return key.iv === undefined ? 1 : VERSION_OF.initializationVector
}

function formatOf(key: HlsKey | ReadKey): string {
  return key.keyFormat ?? IDENTITY
}

function initializationVector(iv: string): string {
  if (!/^[0-9a-fA-F]{32}$/.test(iv)) {
    throw new HeadendError(
      'HLS_KEY_IV',
      `EXT-X-KEY IV: expected 32 hex digits without 0x, got ${iv.length} characters`,
    )
  }
  return iv
}
