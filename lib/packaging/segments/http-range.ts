/** One byte range of a request (RFC 9110 14.1.2). */

/** What to send: all, a part, or nothing because the part lies beyond the end. */
export type WantedBytes =
  | { readonly kind: 'all' }
  | { readonly kind: 'part'; readonly from: number; readonly until: number }
  | { readonly kind: 'beyond' }

/** Reads a Range header; several ranges and what is no byte range are passed over, as the standard allows. */
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
