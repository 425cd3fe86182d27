/** Names of what headend keeps: one form wherever a URL, an S3 key and a file name say them unescaped. */

declare const kind: unique symbol
/** Text that the compiler does not take for an id of another kind. */
type Named<Kind extends string> = string & { readonly [kind]?: Kind }

/** Of an asset: `film` in `vod/film.mp4`. */
export type AssetId = Named<'asset'>
/** Of what plays: the prefix of its room and its name, `vod/film`. Other packagers name theirs as they like. */
export type ContentId = Named<'content'>

/** One name as part of a pattern; what is matched must not be `.` or `..`, too. */
export const idWord = '[A-Za-z0-9._-]{1,128}'
/** A whole name. Written out, as the one below: a bundle does without a literal that it does not use. */
export const idForm = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,128}$/
/** What a refusal says was expected. */
export const idWanted = 'expected 1 to 128 of A-Z a-z 0-9 . _ -'

/** What may be asked to play. */
export const contentIdForm = /^(vod|live|recordings|presentations)\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,128}$/
/** The same of it. */
export const contentIdWanted =
  'expected vod/<assetId>, live/<channelId>, recordings/<recordingId> or presentations/<presentationId>'
