/**
 * `pssh` data of DRM systems with placeholders for the key id: written where the formats are known, filled in per key
 * at the edge, where there is no room for them.
 */

/** The value of a placeholder. */
export type KeyText =
  /** The 16 bytes of the kid. */
  | 'kid'
  /** The kid in PlayReady's form (base64 of a little-endian GUID), in UTF-16LE. */
  | 'guid'
  /** PlayReady's checksum, base64, in UTF-16LE. */
  | 'checksum'

/** Bytes with placeholders. */
export interface PsshTemplate {
  /** Base64. */
  readonly bytes: string
  /** Byte offset of each. */
  readonly holes: readonly (readonly [offset: number, what: KeyText])[]
}

/** The key to fill in. */
export interface KeyOfBox {
  /** 32 hex digits. */
  readonly kid: string
  /** Base64 of 8 bytes. */
  readonly checksum: string
}

/** Fills in a key. */
export function filledTemplate({ bytes, holes }: PsshTemplate, { kid, checksum }: KeyOfBox): Uint8Array {
  const filled = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0))
  const raw = kidBytes(kid)
  for (const [offset, what] of holes)
    filled.set(what === 'kid' ? raw : utf16(what === 'guid' ? guid(raw) : checksum), offset)
  return filled
}

/** The 16 bytes of a kid in hex digits. */
export const kidBytes = (kid: string): Uint8Array =>
  Uint8Array.from({ length: 16 }, (_, i) => Number.parseInt(kid.slice(2 * i, 2 * i + 2), 16))

/** A kid in hex digits as a UUID. */
export const dashedKid = (kid: string): string =>
  [kid.slice(0, 8), kid.slice(8, 12), kid.slice(12, 16), kid.slice(16, 20), kid.slice(20)].join('-')

/** The first three fields of a GUID are little-endian (PlayReady Header Object 3.1). */
const guid = (kid: Uint8Array): string =>
  btoa(String.fromCharCode(...[3, 2, 1, 0, 5, 4, 7, 6].map((i) => kid[i] ?? 0), ...kid.subarray(8)))

function utf16(text: string): Uint8Array {
  const bytes = new Uint8Array(2 * text.length)
  for (let i = 0; i < text.length; i++) bytes[2 * i] = text.charCodeAt(i)
  return bytes
}
