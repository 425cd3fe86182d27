/** Errors a player meets: at the edge, of manifests, of media. */
import type { ErrorArea } from './area.ts'

const reload = { advice: 'Press Reload: that opens a new session with a new token.' } as const
const otherProtection = {
  advice: 'The URL is of a protection the film had before. Take it from the manifest of today.',
} as const
const mendFilter = {
  advice: 'Correct aws.manifestfilter as the message says: <parameter>:<values>, with semicolons between.',
} as const
const freshManifest = { advice: 'Take the URL from the manifest of today.' } as const

export const playback = {
  DELIVERY_BUSY: {
    status: 503,
    meaning: 'S3 or DynamoDB gave no answer, however often it was asked.',
    advice:
      'Ask again after the seconds of Retry-After. If it lasts, look for throttling of the bucket or the table.',
  },
  DELIVERY_UPSTREAM: {
    status: 502,
    meaning: 'S3 or DynamoDB refused what manifests are made of.',
    advice:
      'Read the log of the manifest function: it has the answer. Its rights or its configuration do not fit.',
  },
  DEVICE_UNKNOWN: {
    status: 400,
    meaning: 'The parameter device names a kind nobody knows.',
    advice: 'Name one of the devices the message lists, or leave the parameter out.',
  },
  EDGE_EVENT: {
    status: 502,
    meaning: 'The edge function was called without a request.',
    advice: 'Deploy the front again: its function stands where CloudFront sends something else.',
  },
  EDGE_STATE: {
    status: 503,
    meaning: 'The edge can not read who may play what, and lets nobody in.',
    advice:
      'The edge can not read who may play what. It mends itself within seconds, or minutes after a deployment: then press Reload.',
  },
  FILTER_EMPTY: {
    status: 400,
    meaning: 'Filter and device leave nothing to play.',
    advice: 'Ask for less: widen aws.manifestfilter, or name another device.',
  },
  FILTER_LENGTH: { status: 400, meaning: 'aws.manifestfilter is longer than it may be.', ...mendFilter },
  FILTER_PARAMETER: {
    status: 400,
    meaning: 'aws.manifestfilter names a parameter nobody knows.',
    ...mendFilter,
  },
  FILTER_RANGE: {
    status: 400,
    meaning: 'A range in aws.manifestfilter does not rise, or is none.',
    ...mendFilter,
  },
  FILTER_REPEATED: { status: 400, meaning: 'aws.manifestfilter names a parameter twice.', ...mendFilter },
  FILTER_SYNTAX: {
    status: 400,
    meaning: 'aws.manifestfilter is not made of <parameter>:<values>.',
    ...mendFilter,
  },
  FILTER_VALUE: {
    status: 400,
    meaning: 'A value in aws.manifestfilter is none of its parameter.',
    ...mendFilter,
  },
  KEYFORMAT_UNAVAILABLE: {
    status: 400,
    meaning: 'Keys were asked for in a form that the DRM systems of the film do not have.',
    advice: 'Leave keyformat out, or add Clear Key to the film’s protection.',
  },
  KEYFORMAT_UNKNOWN: {
    status: 400,
    meaning: 'The parameter keyformat names a form nobody knows.',
    advice: 'Say identity, or leave keyformat out.',
  },
  MANIFEST_FAILED: {
    status: 502,
    meaning: 'A manifest could not be made, for a reason the log has.',
    advice: 'Ask once more. If it stays so, read the log of the manifest function.',
  },
  MANIFEST_NOT_FOUND: {
    status: 404,
    meaning: 'The path is not that of a manifest.',
    advice: 'Take the URL from the asset: it ends in index.m3u8 or index.mpd.',
  },
  MANIFEST_TOO_LARGE: {
    status: 500,
    meaning: 'A manifest is longer than one answer may be.',
    advice: 'Accept gzip, as every player does; or narrow the manifest by aws.manifestfilter.',
  },
  MEDIA_FAILED: {
    status: 502,
    meaning: 'A segment could not be made, for a reason the log has.',
    advice: 'Ask once more. If it stays so, read the log of the segment function.',
  },
  MEDIA_GONE: {
    status: 404,
    meaning: 'What a segment was made of is not in the bucket any more.',
    advice: 'Upload the film again, and take the URL from its new manifest.',
  },
  MEDIA_METHOD: {
    status: 405,
    meaning: 'Media was asked for by another method than GET or HEAD.',
    advice: 'Ask with GET or HEAD.',
  },
  MEDIA_PRECONDITION: { status: 412, meaning: 'The media is another than If-Match names.', ...freshManifest },
  MEDIA_PROTECTION: {
    status: 403,
    meaning: 'The media is not given in the protection the URL names.',
    ...otherProtection,
  },
  MEDIA_RANGE: {
    status: 416,
    meaning: 'The range begins behind the end of the media.',
    advice: 'Ask for a range within the length that Content-Range names.',
  },
  MEDIA_TOO_LARGE: {
    status: 500,
    meaning: 'More bytes were asked for than are sent in one answer.',
    advice: 'Ask for a range, or encode the film with more key frames.',
  },
  MEDIA_UNKNOWN: { status: 404, meaning: 'There is no such media.', ...freshManifest },
  METHOD_NOT_ALLOWED: {
    status: 405,
    meaning: 'A manifest was asked for by another method than GET or HEAD.',
    advice: 'Ask with GET or HEAD.',
  },
  OBJECT_BROKEN_OFF: {
    status: 503,
    meaning: 'S3 broke off while it sent the bytes of a segment.',
    advice: 'Ask again after the seconds of Retry-After.',
  },
  PACKAGING_LOCATOR: {
    status: 500,
    meaning: 'A stored placement says bytes are where this version can not fetch them.',
    advice: 'Deploy the version that wrote it, or upload the film again.',
  },
  PRESENTATION_ASSET: {
    status: 404,
    meaning: 'An asset that the presentation shows is gone.',
    advice: 'Upload it again, or store the presentation anew without it.',
  },
  PRESENTATION_FORMAT: {
    status: 500,
    meaning: 'A stored presentation is of a version nobody here knows.',
    advice: 'Deploy the version that stored it, or store the presentation anew.',
  },
  PRESENTATION_NOT_FOUND: {
    status: 404,
    meaning: 'There is no such presentation, or it was taken away.',
    advice: 'Check the id in the list of presentations.',
  },
  PRESENTATION_OPEN: {
    status: 500,
    meaning: 'A clip was put behind one whose segments are not all there yet.',
    advice: 'Put the next clip behind it when the segments the message names are there.',
  },
  PRESENTATION_UNPROTECTED: {
    status: 500,
    meaning: 'A segment to be shown encrypted has no key.',
    advice: 'Set the film’s protection again: that publishes its keys anew.',
  },
  PROGRAMME_NOT_FOUND: {
    status: 404,
    meaning: 'The channel has no such programme, or it was taken away.',
    advice: 'Check the id in the list of its programmes.',
  },
  PROTECTION_CODEC: {
    status: [404, 403],
    meaning: 'The film has no pictures in a codec that can be encrypted.',
    advice: 'Encode the pictures as H.264, HEVC or AV1, which can be encrypted, or take the protection off.',
  },
  QUERY_REPEATED: {
    status: 400,
    meaning: 'A parameter stands more than once in the query.',
    advice: 'Give the parameter once.',
  },
  RENDITION_NOT_FOUND: { status: 404, meaning: 'The film has no such rendition.', ...freshManifest },
  SCHEME_UNAVAILABLE: {
    status: 400,
    meaning: 'The film is not encrypted in the scheme that was asked for.',
    ...otherProtection,
  },
  SCHEME_UNKNOWN: {
    status: 400,
    meaning: 'The parameter scheme is neither cenc nor cbcs.',
    advice: 'Say cenc or cbcs, or leave scheme out.',
  },
  SESSION_CONTENT: {
    status: 403,
    meaning: 'The session was made for other content.',
    advice: 'Make the token for this film: its content names another one.',
  },
  SESSION_EXPIRED: {
    status: 403,
    meaning: 'The session is over.',
    advice:
      'Press Reload: that opens a new session with a new token. A viewer’s own last as long as the ttlSeconds they were made with.',
  },
  SESSION_INVALID: { status: 403, meaning: 'The session is none of this service.', ...reload },
  SESSION_MISSING: {
    status: 403,
    meaning: 'What is played in sessions only was asked for without one.',
    ...reload,
  },
  SESSION_REVOKED: {
    status: 403,
    meaning: 'The session was revoked.',
    advice:
      'It was taken back, or all of its account were. Press Reload for a new one; viewers need one from whoever gives them theirs.',
  },
  SYSTEM_UNAVAILABLE: {
    status: [404, 400],
    meaning: 'No DRM system of the film goes with this kind of manifest or scheme.',
    advice:
      'Add a DRM system that does to the film’s protection, or ask for the other kind of manifest or scheme.',
  },
} as const satisfies ErrorArea
