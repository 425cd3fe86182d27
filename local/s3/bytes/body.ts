/** Takes a request's body in: framing off, every promise about it kept or the body refused, nothing half stored. */
import { createHash } from 'node:crypto'
import { badDigest, incompleteBody, invalidRequest, S3Fault } from '../faults.ts'
import type { ChecksumAlgorithm } from '../model.ts'
import type { S3Request } from '../request.ts'
import type { Blobs } from '../storing/blobs.ts'
import { isAwsChunked, unframe } from './aws-chunked.ts'
import { checkedValue, checksumMismatch, createHasher, type Promised, promisedChecksum } from './checksum.ts'

/** Of one request; more comes in parts. */
export const maxPutBytes = 5 * 1024 ** 3
const maxDocumentBytes = 2 * 1024 ** 2

interface ChecksumValue {
  readonly algorithm: ChecksumAlgorithm
  readonly value: string
}

/** Bytes on disk and what was computed over them; nothing refers to the blob yet. */
export interface Received {
  readonly blob: string
  readonly sizeBytes: number
  readonly md5: Buffer
  /** The checksum to keep. */
  readonly checksum: ChecksumValue
  /** The checksum the client promised and kept, if it did. */
  readonly promised?: ChecksumValue | undefined
}

/** Writes any bytes to a blob, hashing on the way; CRC64NVME is what S3 keeps where nobody asks for another. */
export async function store(
  blobs: Blobs,
  chunks: AsyncIterable<Uint8Array>,
  algorithm: ChecksumAlgorithm = 'CRC64NVME',
): Promise<Received> {
  const md5 = createHash('md5')
  const hasher = createHasher(algorithm)
  const { blob, sizeBytes } = await blobs.write(
    tap(chunks, (chunk) => {
      md5.update(chunk)
      hasher.update(chunk)
    }),
  )
  const value = hasher.digest().toString('base64')
  return { blob, sizeBytes, md5: md5.digest(), checksum: { algorithm, value } }
}

/**
 * Writes the body of a put to a blob and verifies length, Content-MD5, x-amz-content-sha256 and checksum (header
 * or trailer). `keep` is the checksum an upload joins its parts by; else the client's choice is kept.
 */
export async function receive(blobs: Blobs, request: S3Request, keep?: ChecksumAlgorithm): Promise<Received> {
  const promised = promisedChecksum(request.ownHeader)
  const body = openBody(request)
  const own = promised && keep && promised.algorithm !== keep ? createHasher(promised.algorithm) : undefined
  const chunks = own ? tap(body.chunks, (chunk) => own.update(chunk)) : body.chunks
  const received = await store(blobs, chunks, keep ?? promised?.algorithm)
  if (!promised) return refusedUnless(blobs, received, () => body.verify(received.sizeBytes, received.md5))
  const { algorithm } = promised
  const value = own ? own.digest().toString('base64') : received.checksum.value
  return refusedUnless(blobs, { ...received, promised: { algorithm, value } }, () => {
    body.verify(received.sizeBytes, received.md5)
    verifyChecksum(promised, value, body.trailers)
  })
}

async function refusedUnless(blobs: Blobs, received: Received, verify: () => void): Promise<Received> {
  try {
    verify()
    return received
  } catch (error) {
    await blobs.remove([received.blob])
    throw error
  }
}

/** The body of a request that carries an XML document, as text. */
export async function receiveText(request: S3Request): Promise<string> {
  const promised = promisedChecksum(request.ownHeader)
  const body = openBody(request)
  const pieces: Uint8Array[] = []
  const md5 = createHash('md5')
  const hasher = createHasher(promised?.algorithm ?? 'CRC32')
  let sizeBytes = 0
  for await (const chunk of body.chunks) {
    sizeBytes += chunk.length
    if (sizeBytes > maxDocumentBytes)
      throw new S3Fault(400, 'MaxMessageLengthExceeded', 'Your request was too large.')
    md5.update(chunk)
    hasher.update(chunk)
    pieces.push(chunk)
  }
  body.verify(sizeBytes, md5.digest())
  if (promised) verifyChecksum(promised, hasher.digest().toString('base64'), body.trailers)
  return Buffer.concat(pieces).toString()
}

interface Body {
  readonly chunks: AsyncIterable<Uint8Array>
  /** Filled when the chunks have been read. */
  readonly trailers: ReadonlyMap<string, string>
  /** Throws unless the length, MD5 and SHA-256 are those the headers promise. */
  verify(sizeBytes: number, md5: Buffer): void
}

function openBody({ ownHeader, body, method }: S3Request): Body {
  const framed = isAwsChunked(ownHeader)
  const trailers = new Map<string, string>()
  const length = ownHeader(framed ? 'x-amz-decoded-content-length' : 'content-length')
  if (length === undefined && (framed || method === 'PUT'))
    throw new S3Fault(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.')
  if (length !== undefined && !/^\d{1,15}$/.test(length))
    throw invalidRequest('The content length is invalid')
  if (Number(length) > maxPutBytes)
    throw new S3Fault(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size')
  const md5 = ownHeader('content-md5')
  if (md5 !== undefined && Buffer.from(md5, 'base64').length !== 16)
    throw new S3Fault(400, 'InvalidDigest', 'The Content-MD5 you specified was invalid')
  const sha256 = ownHeader('x-amz-content-sha256') ?? ''
  const signed = /^[0-9a-f]{64}$/i.test(sha256) ? createHash('sha256') : undefined
  const plain = framed ? unframe(body, trailers) : body
  const chunks = limited(
    signed ? tap(plain, (chunk) => signed.update(chunk)) : plain,
    Number(length ?? maxPutBytes),
  )
  return {
    chunks,
    trailers,
    verify(sizeBytes, actual) {
      if (length !== undefined && sizeBytes !== Number(length)) throw incompleteBody()
      if (md5 !== undefined && !actual.equals(Buffer.from(md5, 'base64'))) throw badDigest('Content-MD5')
      if (signed && signed.digest('hex') !== sha256.toLowerCase())
        throw new S3Fault(
          400,
          'XAmzContentSHA256Mismatch',
          "The provided 'x-amz-content-sha256' header does not match what was computed.",
        )
    },
  }
}

function verifyChecksum(promised: Promised, actual: string, trailers: ReadonlyMap<string, string>) {
  const value = 'trailer' in promised ? trailers.get(promised.trailer) : promised.value
  if (value === undefined)
    throw new S3Fault(
      400,
      'MalformedTrailerError',
      'The request contained trailing data that was not well-formed',
    )
  if (checkedValue(promised.algorithm, value) !== actual) throw checksumMismatch(promised.algorithm)
}

async function* tap(source: AsyncIterable<Uint8Array>, see: (chunk: Uint8Array) => void) {
  for await (const chunk of source) {
    see(chunk)
    yield chunk
  }
}

/** Never writes more than was announced. */
async function* limited(source: AsyncIterable<Uint8Array>, maxBytes: number) {
  let bytes = 0
  for await (const chunk of source) {
    bytes += chunk.length
    if (bytes > maxBytes) throw incompleteBody()
    yield chunk
  }
}
