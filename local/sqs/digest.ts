/** The MD5 digests a client checks a message by. */
import { createHash } from 'node:crypto'
import type { MessageAttribute, MessageAttributes } from './types.ts'

const stringTransport = 1
const binaryTransport = 2

export function bodyDigest(body: string): string {
  return createHash('md5').update(body).digest('hex')
}

/**
 * Attributes by name; of each its name, type and value with their lengths before them (Amazon SQS Developer
 * Guide, "Calculating the MD5 message digest for message attributes").
 */
export function attributesDigest(attributes: MessageAttributes): string | undefined {
  const named = Object.entries(attributes).toSorted(([a], [b]) => (a < b ? -1 : 1))
  if (named.length === 0) return undefined
  const hash = createHash('md5')
  const sized = (bytes: Buffer): void => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    hash.update(length).update(bytes)
  }
  for (const [name, attribute] of named) {
    sized(Buffer.from(name))
    sized(Buffer.from(attribute.DataType))
    hash.update(Buffer.of(isBinary(attribute) ? binaryTransport : stringTransport))
    sized(valueBytes(attribute))
  }
  return hash.digest('hex')
}

/** What the attributes weigh in the message's size. */
export function attributeBytes(attributes: MessageAttributes): number {
  return Object.entries(attributes).reduce(
    (sum, [name, attribute]) =>
      sum + Buffer.byteLength(name) + Buffer.byteLength(attribute.DataType) + valueBytes(attribute).length,
    0,
  )
}

function isBinary({ DataType }: MessageAttribute): boolean {
  return DataType.startsWith('Binary')
}

function valueBytes(attribute: MessageAttribute): Buffer {
  return isBinary(attribute)
    ? Buffer.from(attribute.BinaryValue ?? '', 'base64')
    : Buffer.from(attribute.StringValue ?? '')
}
