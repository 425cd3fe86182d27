/** Errors of HLS, MPD and XML that are read or printed: of commands, of TTML, of documents of CPIX. */
import type { ErrorArea } from './area.ts'

const mendPlaylist = {
  advice: 'Mend the line of the playlist that the message names, and read it again.',
} as const
const mendMpd = { advice: 'Mend the place in the MPD that the message names, and read it again.' } as const
const mendXml = {
  advice: 'Mend the line of the document that the message names, and send it again.',
} as const
const printed = {
  advice: 'Give a value that can be printed: the message says which, and what it may be.',
} as const

export const playlists = {
  DASH_ATTRIBUTE: { status: 400, meaning: 'An attribute of an MPD is not what it must be.', ...mendMpd },
  DASH_LIST_LENGTH: {
    status: 400,
    meaning: 'A list of segments has another number of URLs than of segments.',
    ...printed,
  },
  DASH_NOT_AN_MPD: { status: 400, meaning: 'The document is not an MPD.', ...mendMpd },
  DASH_NUMBER_RANGE: {
    status: 400,
    meaning: 'A number to print into an MPD is not a whole one from 0.',
    ...printed,
  },
  DASH_SEGMENT_COUNT: { status: 400, meaning: 'An MPD has more segments than are read.', ...mendMpd },
  DASH_TIME_RANGE: { status: 400, meaning: 'A time to print into an MPD is none.', ...printed },
  HLS_ATTRIBUTE_BARE: {
    status: 400,
    meaning: 'A value to print without quotes holds what needs them.',
    ...printed,
  },
  HLS_ATTRIBUTE_MISSING: { status: 400, meaning: 'A tag lacks an attribute it must have.', ...mendPlaylist },
  HLS_ATTRIBUTE_NAME: {
    status: 400,
    meaning: 'An attribute to print has a name or value it can not have.',
    ...printed,
  },
  HLS_ATTRIBUTE_NUMBER: {
    status: 400,
    meaning: 'An attribute is not the number it must be.',
    ...mendPlaylist,
  },
  HLS_ATTRIBUTE_QUOTE: {
    status: 400,
    meaning: 'A value to print in quotes holds a quote or a line end.',
    ...printed,
  },
  HLS_ATTRIBUTE_SYNTAX: { status: 400, meaning: 'An attribute is not NAME=value.', ...mendPlaylist },
  HLS_ATTRIBUTE_TWICE: { status: 400, meaning: 'A tag has an attribute twice.', ...mendPlaylist },
  HLS_BYTERANGE_VALUE: { status: 400, meaning: 'A byte range is none.', ...mendPlaylist },
  HLS_BYTE_ORDER: { status: 400, meaning: 'A byte order mark stands before the playlist.', ...mendPlaylist },
  HLS_DATE_RANGE: { status: 400, meaning: 'A date to print is none.', ...printed },
  HLS_DATE_SYNTAX: { status: 400, meaning: 'A date is none of ISO 8601.', ...mendPlaylist },
  HLS_EXTINF_MISSING: { status: 400, meaning: 'A segment has no duration.', ...mendPlaylist },
  HLS_EXTINF_VALUE: { status: 400, meaning: 'A duration is no number.', ...mendPlaylist },
  HLS_HEADER_MISSING: { status: 400, meaning: 'The first line is not #EXTM3U.', ...mendPlaylist },
  HLS_KEY_IV: { status: 400, meaning: 'An initialization vector to print is not 32 hex digits.', ...printed },
  HLS_KEY_METHOD: { status: 400, meaning: 'A session key names no method.', ...mendPlaylist },
  HLS_KIND_MIXED: { status: 400, meaning: 'Tags of both kinds of playlist stand in one.', ...mendPlaylist },
  HLS_LINE_BREAK: { status: 400, meaning: 'A text to print into one line has several.', ...printed },
  HLS_LINE_TAG: { status: 400, meaning: 'A line to print is neither tag nor comment.', ...printed },
  HLS_MEDIA_TYPE: { status: 400, meaning: 'A rendition is of a type nobody defined.', ...mendPlaylist },
  HLS_NOT_A_PLAYLIST: { status: 400, meaning: 'The text is not a playlist.', ...mendPlaylist },
  HLS_NUMBER_RANGE: { status: 400, meaning: 'A number to print is out of its range.', ...printed },
  HLS_TAG_MISSING: { status: 400, meaning: 'A tag that must be there is not.', ...mendPlaylist },
  HLS_TAG_TWICE: { status: 400, meaning: 'A tag that may be there once is there twice.', ...mendPlaylist },
  HLS_TAG_VALUE: { status: 400, meaning: 'The value of a tag is not what it must be.', ...mendPlaylist },
  HLS_URI_EMPTY: { status: 400, meaning: 'A URI to print is empty, or would be read as a tag.', ...printed },
  HLS_URI_MISSING: { status: 400, meaning: 'A tag that must be followed by a URI is not.', ...mendPlaylist },
  HLS_VARIABLE_DEFINE: {
    status: 400,
    meaning: 'A variable is defined in no way or in several.',
    ...mendPlaylist,
  },
  HLS_VARIABLE_NAME: { status: 400, meaning: 'A variable has a name it can not have.', ...mendPlaylist },
  HLS_VARIABLE_SIZE: {
    status: 400,
    meaning: 'Variables make the playlist longer than is read.',
    ...mendPlaylist,
  },
  HLS_VARIABLE_TWICE: { status: 400, meaning: 'A variable is defined twice.', ...mendPlaylist },
  HLS_VARIABLE_UNDEFINED: {
    status: 400,
    meaning: 'A variable is used that is not defined above.',
    ...mendPlaylist,
  },
  HLS_VARIABLE_VALUE: { status: 400, meaning: 'A variable has no value.', ...mendPlaylist },
  HLS_VARIANT_TAG: { status: 400, meaning: 'A URI has no EXT-X-STREAM-INF above it.', ...mendPlaylist },
  XML_ATTRIBUTE: {
    status: 400,
    meaning: 'An attribute is not name="value", or stands there twice.',
    ...mendXml,
  },
  XML_CANONICAL: {
    status: 400,
    meaning: 'The document can not be brought into its canonical form.',
    ...mendXml,
  },
  XML_CHARACTER: { status: 400, meaning: 'A character stands there that XML has not.', ...mendXml },
  XML_COMMENT: { status: 400, meaning: 'A comment holds two hyphens.', ...mendXml },
  XML_DECLARATION: {
    status: 400,
    meaning: 'The XML declaration does not end, or names another version than 1.0.',
    ...mendXml,
  },
  XML_DEPTH: {
    status: 400,
    meaning: 'Elements stand within one another more deeply than is read.',
    ...mendXml,
  },
  XML_DOCTYPE: {
    status: 400,
    meaning: 'The document declares a type or entities, which are not read.',
    ...mendXml,
  },
  XML_ENCODING: { status: 400, meaning: 'The bytes are not in the encoding they should be in.', ...mendXml },
  XML_NAME: { status: 400, meaning: 'An element or attribute has no name.', ...mendXml },
  XML_REFERENCE: { status: 400, meaning: 'A reference names no character.', ...mendXml },
  XML_ROOT: { status: 400, meaning: 'There is not exactly one root element.', ...mendXml },
  XML_SIZE: { status: 400, meaning: 'The document is longer than is read.', ...mendXml },
  XML_TAG: { status: 400, meaning: 'A tag is not closed, or by another name.', ...mendXml },
  XML_TRUNCATED: { status: 400, meaning: 'The document ends within something.', ...mendXml },
} as const satisfies ErrorArea
