/** Parses a Multivariant Playlist (RFC 8216bis 4.4.6). */

import { optional } from '../optional.ts'
import { type AttributeContext, readAttributeList } from './attribute-list.ts'
import { type ReadKey, readKey } from './key.ts'
import type { PlaylistLine } from './lines.ts'
import { readMedia } from './media.ts'
import type { MediaRendition, MultivariantPlaylist } from './playlist.ts'
import type { Reading } from './read-media.ts'
import { readStart } from './start.ts'
import { type ReadVariant, readIFrameStreamInf, readStreamInf } from './stream-inf.ts'

/** A parsed Multivariant Playlist, with the line index of each item. */
export interface ReadMultivariantPlaylist {
  readonly version?: number
  readonly independentSegments: boolean
  readonly start?: MultivariantPlaylist['start']
  readonly variants: readonly Placed<ReadVariant>[]
  readonly media: readonly Placed<MediaRendition>[]
  readonly iFrames: readonly Placed<ReadVariant>[]
  readonly sessionKeys: readonly Placed<ReadKey>[]
}

/** An item, and the line of its tag. */
export interface Placed<T> {
  readonly facts: T
  readonly line: number
}

/** Reads the lines of a Multivariant Playlist. */
export function readMultivariantPlaylist(
  lines: readonly PlaylistLine[],
  reading: Reading,
): ReadMultivariantPlaylist {
  const variants: Placed<ReadVariant>[] = []
  const media: Placed<MediaRendition>[] = []
  const iFrames: Placed<ReadVariant>[] = []
  const sessionKeys: Placed<ReadKey>[] = []
  let version: number | undefined
  let start: MultivariantPlaylist['start']
  let independentSegments = false
  let open: { readonly value: string; readonly line: number } | undefined
  lines.forEach(({ kind, tag, value }, index) => {
    const context: AttributeContext = { ...reading, line: index + 1 }
    const { report } = context
    if (kind === 'uri') {
      if (open) {
        const above = { ...context, line: open.line + 1 }
        const attributes = readAttributeList(open.value, above)
        variants.push({
          facts: readStreamInf(attributes, reading.replace(value, index + 1), above),
          line: open.line,
        })
      } else report('HLS_VARIANT_TAG', index + 1, 'a URI without EXT-X-STREAM-INF')
      open = undefined
      return
    }
    if (tag === 'EXT-X-STREAM-INF') {
      if (open) report('HLS_URI_MISSING', open.line + 1, 'EXT-X-STREAM-INF without a URI')
      open = { value, line: index }
    } else if (tag === 'EXT-X-MEDIA') {
      const facts = readMedia(readAttributeList(value, context), context)
      if (facts) media.push({ facts, line: index })
    } else if (tag === 'EXT-X-I-FRAME-STREAM-INF') {
      iFrames.push({ facts: readIFrameStreamInf(readAttributeList(value, context), context), line: index })
    } else if (tag === 'EXT-X-SESSION-KEY') {
      const facts = readKey(readAttributeList(value, context))
      if (facts) sessionKeys.push({ facts, line: index })
      else report('HLS_KEY_METHOD', index + 1, 'EXT-X-SESSION-KEY without a METHOD other than NONE')
    } else if (tag === 'EXT-X-START') start = readStart(readAttributeList(value, context), context)
    else if (tag === 'EXT-X-INDEPENDENT-SEGMENTS') independentSegments = true
    else if (tag === 'EXT-X-VERSION') {
      if (version !== undefined) report('HLS_TAG_TWICE', index + 1, 'EXT-X-VERSION stands there twice')
      version = /^\d{1,3}$/.test(value) ? Number(value) : undefined
    }
  })
  if (open) reading.report('HLS_URI_MISSING', lines.length, 'EXT-X-STREAM-INF without a URI')
  return {
    ...optional('version', version),
    independentSegments,
    ...optional('start', start),
    variants,
    media,
    iFrames,
    sessionKeys,
  }
}
