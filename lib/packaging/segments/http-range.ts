/** One byte range of a request (RFC 9110 14.1.2). */

/** The bytes to send: all, a part, or none because the range starts beyond the end. */
export type WantedBytes =
  | { readonly kind: 'all' }
  | { readonly kind: 'part'; readonly from: number; readonly until: number }
  | { readonly kind: 'beyond' }

/** Parses a Range header; multiple ranges and invalid ones are ignored, as the standard allows. */
export function wantedBytes(header: string | undefined, length: number): WantedBytes {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '')
  if (!match) return { kind: 'all' }
  const [, first = '', last = ''] = match
  if (first === '' && last === '') return { kind: 'all' }
  if (first === '') {
    const suffix = Math.min(Number(last), length)
    return suffix === 0 ? { kind: 'beyond' } : { kind: 'part', from: length - suffix, until: length }
  }
  const from = Number(first)
  if (last !== '' && Number(last) < from) return { kind: 'all' }
  if (from >= length) return { kind: 'beyond' }
  return { kind: 'part', from, until: last === '' ? length : Math.min(Number(last) + 1, length) }
}
