/** Takes a request's body in: framing off, every promise about it kept or the body refused, nothing half stored. */
import { createHash } from 'node:crypto'
import { isAwsChunked, unframe } from './aws-chunked.ts'
import type { Blobs } from './blobs.ts'
import { checkedValue, checksumMismatch, createHasher, type Promised, promisedChecksum } from './checksum.ts'
import { badDigest, incompleteBody, invalidRequest, S3Fault } from './faults.ts'
import type { ChecksumAlgorithm } from './model.ts'
import type { S3Request } from './request.ts'

const maxPutBytes = 5 * 1024 ** 3
const maxDocumentBytes = 2 * 1024 ** 2

/** Bytes on disk and what was computed over them; nothing refers to the blob yet. */
export interface Received {
  readonly blob: string
  readonly sizeBytes: number
  readonly md5: Buffer
  readonly checksum: { readonly algorithm: ChecksumAlgorithm; readonly value: string }
  /** Whether the client promised the checksum, rather than S3 choosing it. */
  readonly promised: boolean
}

/** Writes any bytes to a blob, hashing on the way; `algorithm` is CRC64NVME where nobody asks for another. */
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
  return { blob, sizeBytes, md5: md5.digest(), checksum: { algorithm, value }, promised: false }
}

/**
 * Writes the body of a put to a blob and verifies length, Content-MD5, x-amz-content-sha256 and checksum (header
 * or trailer). `algorithm` is what an upload in parts was announced with.
 */
export async function receive(
  blobs: Blobs,
  request: S3Request,
  algorithm?: ChecksumAlgorithm,
): Promise<Received> {
  const promised = promisedChecksum(request.ownHeader)
  if (promised && algorithm && promised.algorithm !== algorithm)
    throw invalidRequest(
      `Checksum Type mismatch occurred, expected checksum Type: ${algorithm.toLowerCase()}, actual checksum Type: ${promised.algorithm.toLowerCase()}`,
    )
  const body = openBody(request)
  const received = await store(blobs, body.chunks, promised?.algorithm ?? algorithm)
  try {
    body.verify(received.sizeBytes, received.md5)
    if (promised) verifyChecksum(promised, received.checksum.value, body.trailers)
  } catch (error) {
    await blobs.remove([received.blob])
    throw error
  }
  return { ...received, promised: promised !== undefined }
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
