/** Prints a Media Playlist (RFC 8216bis 4.4.3, 4.4.4): the same data always gives the same bytes. */
import { TextWriter } from '../text-writer.ts'
import { byteRangeText } from './byte-range.ts'
import { printDateRange } from './date-range.ts'
import { dateTimeText } from './date-time.ts'
import { printKeys, versionOfKey } from './key.ts'
import type { HlsKey, MediaPlaylist, PlaylistSegment } from './playlist.ts'
import { decimal, durationText, oneLine, quoted, tagLine, uriLine, wholeNumber } from './print-attributes.ts'
import { printCommon, printLines } from './start.ts'
import { printVersion, VERSION_OF, versionOfLines } from './version.ts'

/** The playlist's text. EXT-X-VERSION is the lowest that allows all tags in it. */
export function printMediaPlaylist(playlist: MediaPlaylist): string {
  const { segments, version } = printSegments(playlist)
  if (playlist.endList) segments.add('#EXT-X-ENDLIST\n')
  return segments.end(`#EXTM3U\n${printVersion(version)}${printCommon(playlist)}${printHeader(playlist)}`)
}

function printHeader(playlist: MediaPlaylist): string {
  let lines = `#EXT-X-TARGETDURATION:${wholeNumber('EXT-X-TARGETDURATION', playlist.targetSeconds)}\n`
  lines += `#EXT-X-MEDIA-SEQUENCE:${wholeNumber('EXT-X-MEDIA-SEQUENCE', playlist.mediaSequence)}\n`
  if (playlist.discontinuitySequence !== 0) {
    const count = wholeNumber('EXT-X-DISCONTINUITY-SEQUENCE', playlist.discontinuitySequence)
    lines += `#EXT-X-DISCONTINUITY-SEQUENCE:${count}\n`
  }
  if (playlist.type) lines += `#EXT-X-PLAYLIST-TYPE:${playlist.type}\n`
  if (playlist.iFramesOnly) lines += '#EXT-X-I-FRAMES-ONLY\n'
  const { canSkipUntilSeconds, holdBackSeconds, skippedSegments } = playlist
  if (canSkipUntilSeconds !== undefined || holdBackSeconds !== undefined)
    lines += tagLine(
      'EXT-X-SERVER-CONTROL',
      canSkipUntilSeconds === undefined ? undefined : decimal('CAN-SKIP-UNTIL', canSkipUntilSeconds),
      holdBackSeconds === undefined ? undefined : decimal('HOLD-BACK', holdBackSeconds),
    )
  lines += printLines(playlist.tags)
  if (skippedSegments === undefined) return lines
  return `${lines}#EXT-X-SKIP:SKIPPED-SEGMENTS=${wholeNumber('SKIPPED-SEGMENTS', skippedSegments)}\n`
}

function printSegments({ segments, iFramesOnly = false, tags, skippedSegments }: MediaPlaylist) {
  const out = new TextWriter()
  let version: number = Math.max(
    iFramesOnly ? VERSION_OF.iFramesOnly : 1,
    skippedSegments === undefined ? 1 : VERSION_OF.skip,
    versionOfLines(tags),
  )
  let keys: readonly HlsKey[] = []
  // Cached tags and directory: most of 28,800 segments have one of two or three durations and the same directory.
  const leads = new Map<number, string>()
  let directory: string | undefined
  for (const segment of segments) {
    let text = segment.discontinuity ? '#EXT-X-DISCONTINUITY\n' : ''
    if (segment.keys) {
      text += printKeys(segment.keys, keys)
      keys = segment.keys
      for (const key of keys) version = Math.max(version, versionOfKey(key))
    }
    if (segment.map) {
      version = Math.max(version, iFramesOnly ? VERSION_OF.mapInIFrames : VERSION_OF.map)
      text += printMap(segment.map)
    }
    text += printRare(segment)
    if (segment.byteRange) {
      version = Math.max(version, VERSION_OF.byteRange)
      text += `#EXT-X-BYTERANGE:${byteRangeText(segment.byteRange)}\n`
    }
    if (segment.directory !== directory) {
      directory = segment.directory
      leads.clear()
    }
    const { seconds, uri } = segment
    let lead = leads.get(seconds)
    if (lead === undefined) {
      if (!Number.isInteger(seconds)) version = Math.max(version, VERSION_OF.fractionalDuration)
      lead = `#EXTINF:${durationText(seconds)},\n${directory ? uriLine(directory) : ''}`
      leads.set(seconds, lead)
    }
    text += `${lead}${directory === undefined ? uriLine(uri) : oneLine('URI', uri)}\n`
    out.add(text)
  }
  return { segments: out, version }
}

/** Tags that most segments lack, after those on how to read the bytes. */
function printRare({ programDateTimeMs, dateRanges, bitrate, gap, tags }: PlaylistSegment): string {
  let lines = ''
  if (programDateTimeMs !== undefined) {
    lines += `#EXT-X-PROGRAM-DATE-TIME:${dateTimeText('EXT-X-PROGRAM-DATE-TIME', programDateTimeMs)}\n`
  }
  for (const range of dateRanges ?? []) lines += printDateRange(range)
  if (bitrate !== undefined) lines += `#EXT-X-BITRATE:${wholeNumber('EXT-X-BITRATE', bitrate)}\n`
  if (gap) lines += '#EXT-X-GAP\n'
  return tags ? lines + printLines(tags) : lines
}

function printMap({ uri, byteRange }: NonNullable<PlaylistSegment['map']>): string {
  return tagLine('EXT-X-MAP', quoted('URI', uri), quoted('BYTERANGE', byteRange && byteRangeText(byteRange)))
}
