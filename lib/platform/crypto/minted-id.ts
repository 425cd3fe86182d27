/** Ids generated here: unguessable, and recognisable by their form. */

/** 12 random bytes as 16 characters that are safe in paths and headers. */
export const mintedId = (randomBytes: (length: number) => Uint8Array): string =>
  Buffer.from(randomBytes(12)).toString('base64url')

/** The form of such an id: a text cut off by a gateway or a person must not be taken for another id. */
export const mintedIdForm = /^[A-Za-z0-9_-]{16}$/
