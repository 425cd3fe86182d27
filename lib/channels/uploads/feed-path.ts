/** Paths of a feed's objects, as an operator may have them signed: what of a key stands behind `live/<channelId>/`. */

/** A name that is neither hidden nor `..`, and the same in every URL. */
const name = '[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}'

/** Up to eight names. */
export const feedPathForm = new RegExp(`^${name}(?:/${name}){0,7}$`)

/** What is said of other paths. */
export const feedPathWanted =
  'expected 1 to 8 names of 1 to 128 of A-Z a-z 0-9 . _ - with / between them, none that begins with a dot'

/** Paths one request may ask for. */
export const maxFeedPaths = 100
