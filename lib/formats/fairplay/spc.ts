/** The unencrypted part of a Server Playback Context (FairPlay Streaming, SPC message). */
import { HeadendError } from '../../errors.ts'

/** The clear part; the asset id is in the payload, which only the certificate's owner can decrypt. */
export interface Spc {
  readonly version: number
  readonly iv: Uint8Array
  /** The payload's key, encrypted for the certificate's owner. */
  readonly wrappedKey: Uint8Array
  /** The hash that identifies the certificate. */
  readonly certificateHash: Uint8Array
  readonly payload: Uint8Array
}

/** Reads it; refuses other bytes. The lengths of key and hash are those for which the payload's length fits. */
export function readSpc(bytes: Uint8Array): Spc {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const version = bytes.length < HEAD ? 0 : view.getUint32(0)
  if (version < 1 || version > 3)
    throw new HeadendError(
      'FAIRPLAY_SPC',
      `SPC: expected version 1 to 3, got ${bytes.length} bytes of another`,
    )
  for (const [keyBytes, hashBytes] of LAYOUTS) {
    const at = HEAD + keyBytes + hashBytes
    if (at + 4 > bytes.length || view.getUint32(at) !== bytes.length - at - 4) continue
    return {
      version,
      iv: bytes.subarray(8, HEAD),
      wrappedKey: bytes.subarray(HEAD, HEAD + keyBytes),
      certificateHash: bytes.subarray(HEAD + keyBytes, at),
      payload: bytes.subarray(at + 4),
    }
  }
  throw new HeadendError(
    'FAIRPLAY_SPC',
    `SPC: expected a payload to the end, got ${bytes.length} bytes in which no length says so`,
  )
}

/** Version, a reserved word, the IV. */
const HEAD = 24

/** RSA of 1024 and 2048 bits, SHA-1 and SHA-256. */
const LAYOUTS = [
  [128, 20],
  [256, 20],
  [256, 32],
  [128, 32],
] as const
