/** Ids of stored things, in one form that needs no escaping in URLs, S3 keys and file names. */

declare const kind: unique symbol
/** A string type that is not assignable to an id of another kind. */
type Named<Kind extends string> = string & { readonly [kind]?: Kind }

/** Id of an asset: `film` in `vod/film.mp4`. */
export type AssetId = Named<'asset'>
/**
 * Id of playable content: the prefix of its room and its name, `vod/film`. Other packagers are free to use other forms.
 */
export type ContentId = Named<'content'>

/** One name as part of a pattern; the match must also be neither `.` nor `..`. */
export const idWord = '[A-Za-z0-9._-]{1,128}'
/** A whole name. Written out, like the one below, so that bundlers can drop an unused literal. */
export const idForm = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,128}$/
/** The expected form, for error messages. */
export const idWanted = 'expected 1 to 128 of A-Z a-z 0-9 . _ -'

/** Content that may be requested for playback. */
export const contentIdForm = /^(vod|live|recordings|presentations)\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,128}$/
/** The expected form, for error messages. */
export const contentIdWanted =
  'expected vod/<assetId>, live/<channelId>, recordings/<recordingId> or presentations/<presentationId>'
