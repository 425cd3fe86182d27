/** The checksums of S3: how they are named, computed, announced by a client and joined over parts. */
import { createHash } from 'node:crypto'
import { invalidRequest, S3Fault } from '../faults.ts'
import type { Checksum, ChecksumAlgorithm, ChecksumType, StoredPart } from '../model.ts'
import { type CrcName, combineCrc, createCrc } from './crc.ts'

const algorithms: readonly ChecksumAlgorithm[] = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256']
const digestBytes: Readonly<Record<ChecksumAlgorithm, number>> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
}

export const checksumHeader = (algorithm: ChecksumAlgorithm) => `x-amz-checksum-${algorithm.toLowerCase()}`

/** `x-amz-checksum-*` headers of an answer. */
export const checksumHeaders = ({ algorithm, type, value }: Checksum): Record<string, string> => ({
  [checksumHeader(algorithm)]: value,
  'x-amz-checksum-type': type,
})

export interface Hasher {
  update(bytes: Uint8Array): void
  digest(): Buffer
}

export function createHasher(algorithm: ChecksumAlgorithm): Hasher {
  if (algorithm === 'SHA1' || algorithm === 'SHA256') return createHash(algorithm.toLowerCase())
  return createCrc(algorithm)
}

export function parseAlgorithm(text: string): ChecksumAlgorithm {
  const algorithm = algorithms.find((name) => name === text.toUpperCase())
  if (!algorithm)
    throw invalidRequest(
      'Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]',
    )
  return algorithm
}

/** What a client promises of a body: in a header, or in a trailer that comes behind the body. */
export type Promised =
  | { readonly algorithm: ChecksumAlgorithm; readonly value: string }
  | { readonly algorithm: ChecksumAlgorithm; readonly trailer: string }

/**
 * The one checksum a request promises. Only real headers count: the JavaScript SDK puts the CRC-32 of no bytes
 * into the query of presigned URLs, and S3 does not look at it there.
 */
export function promisedChecksum(header: (name: string) => string | undefined): Promised | undefined {
  const trailer = header('x-amz-trailer')?.trim().toLowerCase()
  const found: Promised[] = []
  for (const algorithm of algorithms) {
    const name = checksumHeader(algorithm)
    const value = header(name)
    if (value !== undefined) found.push({ algorithm, value: checkedValue(algorithm, value) })
    if (trailer === name) found.push({ algorithm, trailer: name })
  }
  if (found.length > 1)
    throw invalidRequest(
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    )
  if (trailer !== undefined && found.length === 0)
    throw invalidRequest('The value specified in the x-amz-trailer header is not supported')
  const wanted = header('x-amz-sdk-checksum-algorithm')
  if (wanted !== undefined && found.length === 0)
    throw invalidRequest(
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    )
  if (wanted !== undefined && found[0]?.algorithm !== parseAlgorithm(wanted))
    throw invalidRequest('Value for x-amz-sdk-checksum-algorithm header is invalid.')
  return found[0]
}

/** The value, if it is base64 of the right length. */
export function checkedValue(algorithm: ChecksumAlgorithm, value: string): string {
  const bytes = Buffer.from(value, 'base64')
  if (bytes.length !== digestBytes[algorithm] || bytes.toString('base64') !== value)
    throw invalidRequest(`Value for ${checksumHeader(algorithm)} header is invalid.`)
  return value
}

const isCrc = (algorithm: ChecksumAlgorithm): algorithm is CrcName => algorithm.startsWith('CRC')

/** Which of the two kinds an upload in parts has; only CRCs can be joined, and CRC64NVME only so. */
export function multipartType(algorithm: ChecksumAlgorithm, wanted: string | undefined): ChecksumType {
  const type = wanted?.toUpperCase() ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE')
  const fits = type === 'FULL_OBJECT' ? isCrc(algorithm) : type === 'COMPOSITE' && algorithm !== 'CRC64NVME'
  if (!fits || (type !== 'FULL_OBJECT' && type !== 'COMPOSITE'))
    throw invalidRequest(
      `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    )
  return type
}

/** The checksum of a whole upload from those of its parts. */
export function joinChecksums(
  algorithm: ChecksumAlgorithm,
  type: ChecksumType,
  parts: readonly StoredPart[],
): Checksum {
  const digests = parts.map(({ checksum }) => Buffer.from(checksum.value, 'base64'))
  if (type === 'FULL_OBJECT' && isCrc(algorithm)) {
    const joined = parts
      .slice(1)
      .reduce<Buffer>(
        (sum, part, index) => combineCrc(algorithm, sum, digests[index + 1] ?? sum, part.sizeBytes),
        digests[0] ?? Buffer.alloc(digestBytes[algorithm]),
      )
    return { algorithm, type, value: joined.toString('base64') }
  }
  const hasher = createHasher(algorithm)
  for (const digest of digests) hasher.update(digest)
  return { algorithm, type, value: `${hasher.digest().toString('base64')}-${parts.length}` }
}

/** A fault that names the algorithm the way S3 does. */
export const checksumMismatch = (algorithm: ChecksumAlgorithm) =>
  new S3Fault(400, 'BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`)
