/** Where memory comes from: whoever reads many streams one behind the other lends the same again. */

/** Gives so many bytes, whatever is in them, for as long as what was read is used. */
export type Allocate = (length: number) => Uint8Array

/** Of its own for each. */
export const fresh: Allocate = (length) => new Uint8Array(length)
