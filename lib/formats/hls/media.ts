/** EXT-X-MEDIA (RFC 8216bis 4.4.6.1). */

import { optional } from '../optional.ts'
import { type AttributeContext, type AttributeList, isYes, shown, textOf } from './attribute-list.ts'
import type { MediaRendition } from './playlist.ts'
import { bare, quoted, tagLine } from './print-attributes.ts'
import { VERSION_OF } from './version.ts'

/** The tag. DEFAULT, AUTOSELECT and FORCED are written only if YES, or if NO must be explicit. */
export function printMedia(rendition: MediaRendition): string {
  const { characteristics = [] } = rendition
  return tagLine(
    'EXT-X-MEDIA',
    bare('TYPE', rendition.type),
    quoted('GROUP-ID', rendition.groupId),
    quoted('NAME', rendition.name),
    quoted('LANGUAGE', rendition.language),
    quoted('ASSOC-LANGUAGE', rendition.assocLanguage),
    quoted('STABLE-RENDITION-ID', rendition.stableRenditionId),
    `DEFAULT=${rendition.isDefault ? 'YES' : 'NO'}`,
    // a default rendition must be an automatic choice too (4.4.6.1)
    `AUTOSELECT=${rendition.autoselect || rendition.isDefault ? 'YES' : 'NO'}`,
    rendition.forced ? 'FORCED=YES' : undefined,
    quoted('INSTREAM-ID', rendition.instreamId),
    quoted('CHARACTERISTICS', characteristics.length > 0 ? characteristics.join(',') : undefined),
    quoted('CHANNELS', rendition.channels),
    quoted('URI', rendition.uri),
  )
}

/** The protocol version that a rendition requires. */
export function versionOfMedia({ instreamId, type }: MediaRendition): number {
  if (instreamId === undefined) return 1
  if (type !== 'CLOSED-CAPTIONS') return VERSION_OF.instreamIdBesidesCaptions
  return instreamId.startsWith('SERVICE') ? VERSION_OF.serviceInstreamId : 1
}

/** Parses a tag; undefined if its TYPE is unknown. */
export function readMedia(
  attributes: AttributeList,
  { line, report }: AttributeContext,
): MediaRendition | undefined {
  const get = (name: string) => textOf(attributes, name)
  const type = TYPES.find((candidate) => candidate === get('TYPE'))
  if (!type) {
    report(
      'HLS_MEDIA_TYPE',
      line,
      `EXT-X-MEDIA: expected one of ${TYPES.join(', ')}, got ${shown(get('TYPE') ?? '')}`,
    )
    return undefined
  }
  for (const name of ['GROUP-ID', 'NAME']) {
    if (get(name) === undefined) report('HLS_ATTRIBUTE_MISSING', line, `EXT-X-MEDIA without ${name}`)
  }
  const isDefault = isYes(attributes, 'DEFAULT')
  return {
    type,
    groupId: get('GROUP-ID') ?? '',
    name: get('NAME') ?? '',
    ...optional('uri', get('URI')),
    ...optional('language', get('LANGUAGE')),
    ...optional('assocLanguage', get('ASSOC-LANGUAGE')),
    isDefault,
    autoselect: isDefault || isYes(attributes, 'AUTOSELECT'),
    ...(isYes(attributes, 'FORCED') && { forced: true }),
    ...optional('instreamId', get('INSTREAM-ID')),
    ...optional('characteristics', get('CHARACTERISTICS')?.split(',')),
    ...optional('channels', get('CHANNELS')),
    ...optional('stableRenditionId', get('STABLE-RENDITION-ID')),
  }
}

const TYPES = ['AUDIO', 'VIDEO', 'SUBTITLES', 'CLOSED-CAPTIONS'] as const
