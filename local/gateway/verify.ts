/** Whether a signature is right: SigV4 by HMAC, SigV4A by the public key that the same secret gives. */
import { createECDH, createHash, createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto'
import type { Signature } from './signature.ts'

/** Compares in constant time; a signature of the wrong form is simply wrong. */
export function signatureHolds(signature: Signature, secretAccessKey: string, canonical: string): boolean {
  const { algorithm, timestamp, scope } = signature
  const text = [algorithm, timestamp, scope, createHash('sha256').update(canonical).digest('hex')].join('\n')
  const given = Buffer.from(signature.signature, 'hex')
  if (algorithm === 'AWS4-ECDSA-P256-SHA256') {
    const key = publicKeyOf(signature.accessKeyId, secretAccessKey)
    return key !== undefined && verify('sha256', Buffer.from(text), key, given)
  }
  return isMac(given, hmac(signingKey(signature, secretAccessKey), text))
}

/** The same for a form, whose signature is over its policy as it stands. */
export function policySignatureHolds(signature: Signature, secretAccessKey: string, policy: string): boolean {
  const given = Buffer.from(signature.signature, 'hex')
  return isMac(given, hmac(signingKey(signature, secretAccessKey), policy))
}

const isMac = (given: Buffer, wanted: Buffer) =>
  given.length === wanted.length && timingSafeEqual(given, wanted)

function signingKey({ date, region = '', service }: Signature, secretAccessKey: string): Buffer {
  const steps = [date, region, service, 'aws4_request']
  return steps.reduce<Buffer>((key, part) => hmac(key, part), Buffer.from(`AWS4${secretAccessKey}`))
}

/** NIST SP 800-108 in counter mode, tried until the candidate lies in the curve's range, as AWS's SDKs do. */
function publicKeyOf(
  accessKeyId: string,
  secretAccessKey: string,
): ReturnType<typeof createPublicKey> | undefined {
  const inputKey = `AWS4A${secretAccessKey}`
  for (let counter = 1; counter <= 254; counter++) {
    const input = Buffer.concat([
      Buffer.from([0, 0, 0, 1]),
      Buffer.from('AWS4-ECDSA-P256-SHA256\0'),
      Buffer.from(accessKeyId),
      Buffer.from([counter, 0, 0, 1, 0]),
    ])
    const candidate = BigInt(`0x${hmac(inputKey, input).toString('hex')}`)
    if (candidate > curveOrder - 2n) continue
    const curve = createECDH('prime256v1')
    curve.setPrivateKey(Buffer.from((candidate + 1n).toString(16).padStart(64, '0'), 'hex'))
    const point = curve.getPublicKey()
    const jwk = {
      kty: 'EC',
      crv: 'P-256',
      x: point.toString('base64url', 1, 33),
      y: point.toString('base64url', 33),
    }
    return createPublicKey({ key: jwk, format: 'jwk' })
  }
  return undefined
}

/** Order of P-256 (FIPS 186-4 D.1.2.3). */
const curveOrder = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

function hmac(key: string | Buffer, text: string | Buffer): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
