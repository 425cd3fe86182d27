/**
 * An upload's id: all that the API must know of the upload, so that nothing is stored beside what S3 stores. It is
 * neither secret nor signed: whoever may call the API may write every asset anyway.
 */
import { z } from '@hono/zod-openapi'
import { HeadendError } from '../../errors.ts'
import { readUploadKey } from './upload-key.ts'

const shape = z.object({
  /** S3's upload id. */
  u: z.string().min(1).max(1024),
  k: z
    .string()
    .max(300)
    .refine((key) => ['whole', 'part', 'commit'].includes(readUploadKey(key).kind)),
  b: z.number().int().min(1),
  p: z.number().int().min(1),
  /** The mark of the object this upload creates. */
  m: z.string().min(1).max(64),
})

/** The content of an upload id. */
export interface UploadTicket {
  readonly s3UploadId: string
  readonly key: string
  readonly bytes: number
  readonly partBytes: number
  readonly mark: string
}

/** Encodes a ticket as the id that clients see. */
export const printTicket = (ticket: UploadTicket): string =>
  Buffer.from(
    JSON.stringify({
      u: ticket.s3UploadId,
      k: ticket.key,
      b: ticket.bytes,
      p: ticket.partBytes,
      m: ticket.mark,
    }),
  ).toString('base64url')

/** Parses an id; throws UPLOAD_ID if it is not one of ours. */
export function parseTicket(id: string): UploadTicket {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(id, 'base64url').toString())
  } catch {
    value = undefined
  }
  const read = shape.safeParse(value)
  if (!read.success)
    throw new HeadendError('UPLOAD_ID', 'no such upload: the id was not made by POST /v1/uploads', {
      status: 404,
    })
  const { u, k, b, p, m } = read.data
  return { s3UploadId: u, key: k, bytes: b, partBytes: p, mark: m }
}
