/** EXT-X-MEDIA (RFC 8216bis 4.4.6.1). */
import type { MediaRendition } from './playlist.ts'
import { bare, quoted, tagLine } from './print-attributes.ts'
import { VERSION_OF } from './version.ts'

/** The tag. DEFAULT, AUTOSELECT and FORCED are said only where they are YES or needed to say NO. */
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

/** The version a rendition asks for. */
export function versionOfMedia({ instreamId, type }: MediaRendition): number {
  if (instreamId === undefined) return 1
  if (type !== 'CLOSED-CAPTIONS') return VERSION_OF.instreamIdBesidesCaptions
  return instreamId.startsWith('SERVICE') ? VERSION_OF.serviceInstreamId : 1
}
