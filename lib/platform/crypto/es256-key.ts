/**
 * Derives a P-256 key pair from a secret text: everyone who can read the secret gets the same pair, and nothing else is
 * stored.
 */
import { createECDH, createHash, hkdfSync } from 'node:crypto'
import { HeadendError } from '../../errors.ts'

/** A key pair as JWK (RFC 7518 6.2). */
export interface Es256Key {
  /** RFC 7638 thumbprint of the public key: 43 letters. */
  readonly kid: string
  readonly publicJwk: Readonly<Record<'kty' | 'crv' | 'x' | 'y', string>>
  readonly privateJwk: Readonly<Record<'kty' | 'crv' | 'x' | 'y' | 'd', string>>
}

/** The pair derived from a text of at least 32 characters, which must be random. */
export function es256KeyOf(text: string): Es256Key {
  if (text.length < 32)
    throw new HeadendError(
      'TOKEN_KEY_SHORT',
      `ES256 key: expected a text of 32 characters or more, got ${text.length}`,
    )
  // FIPS 186-5 A.2.1: 64 bits more than the order has, so that the remainder is not biased.
  const wide = Buffer.from(hkdfSync('sha256', text, '', 'headend playback token ES256', 40))
  const d = (BigInt(`0x${wide.toString('hex')}`) % (order - 1n)) + 1n
  const ecdh = createECDH('prime256v1')
  ecdh.setPrivateKey(Buffer.from(d.toString(16).padStart(64, '0'), 'hex'))
  const point = ecdh.getPublicKey()
  const publicJwk = {
    kty: 'EC',
    crv: 'P-256',
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  }
  const { crv, kty, x, y } = publicJwk
  // Members in this order without white space (RFC 7638 3).
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url')
  return { kid, publicJwk, privateJwk: { ...publicJwk, d: ecdh.getPrivateKey().toString('base64url') } }
}

/** The order of P-256's group (FIPS 186-5, SP 800-186 3.2.1.3). */
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
