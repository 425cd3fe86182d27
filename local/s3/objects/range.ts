/** `Range: bytes=…` as S3 reads it: one range; anything it does not understand is no range at all. */
import { S3Fault } from '../faults.ts'

export interface ByteRange {
  readonly offsetBytes: number
  readonly sizeBytes: number
}

/** The range within `totalBytes`, undefined for the whole; throws 416 when it lies outside. */
export function parseRange(header: string | undefined, totalBytes: number): ByteRange | undefined {
  const match = /^bytes=\s*(\d{0,15})-(\d{0,15})\s*$/.exec(header ?? '')
  const [first = '', last = ''] = match?.slice(1) ?? []
  if (!match || (first === '' && last === '')) return undefined
  if (first === '') {
    const sizeBytes = Math.min(Number(last), totalBytes)
    if (sizeBytes === 0) throw invalidRange(totalBytes)
    return { offsetBytes: totalBytes - sizeBytes, sizeBytes }
  }
  const offsetBytes = Number(first)
  if (last !== '' && Number(last) < offsetBytes) return undefined
  if (offsetBytes >= totalBytes) throw invalidRange(totalBytes)
  const end = last === '' ? totalBytes - 1 : Math.min(Number(last), totalBytes - 1)
  return { offsetBytes, sizeBytes: end - offsetBytes + 1 }
}

/** The range of a copy source, where both ends are required and must lie inside. */
export function parseCopyRange(header: string | undefined, totalBytes: number): ByteRange | undefined {
  if (header === undefined) return undefined
  const match = /^bytes=(\d{1,15})-(\d{1,15})$/.exec(header)
  const offsetBytes = Number(match?.[1])
  const end = Number(match?.[2])
  if (!match || end < offsetBytes)
    throw new S3Fault(
      400,
      'InvalidArgument',
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
    )
  if (end >= totalBytes)
    throw new S3Fault(
      400,
      'InvalidArgument',
      `Range specified is not valid for source object of size: ${totalBytes}`,
    )
  return { offsetBytes, sizeBytes: end - offsetBytes + 1 }
}

const invalidRange = (totalBytes: number) =>
  new S3Fault(416, 'InvalidRange', 'The requested range is not satisfiable', {
    headers: { 'content-range': `bytes */${totalBytes}` },
    detail: { ActualObjectSize: String(totalBytes) },
  })
