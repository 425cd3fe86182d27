/** Ids that are made here: nobody guesses one, and what is none is told by its form. */

/** 12 random bytes, as 16 letters that no path and no header changes. */
export const mintedId = (randomBytes: (length: number) => Uint8Array): string =>
  Buffer.from(randomBytes(12)).toString('base64url')

/** What such an id looks like: what a gateway cut off a path, or a person, must not be taken for another. */
export const mintedIdForm = /^[A-Za-z0-9_-]{16}$/
