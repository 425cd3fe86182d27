/** Where the hosts that AWS would give are here: `https://d111.cloudfront.net` is `http://127.0.0.1:8080`. */
import { isRecord } from '../json-input.ts'

/** Local base URL, without a slash at its end, by the host name AWS gives. */
export type Addresses = ReadonlyMap<string, string>

/**
 * Replaces whole URLs of known hosts in every string, for what programs and browsers are given. A bare host
 * name stays what it is in AWS: in a distribution's origins it is what tells one origin from another.
 */
export function withLocalAddresses(value: unknown, addresses: Addresses): unknown {
  if (typeof value === 'string') return value.includes('://') ? localText(value, addresses) : value
  if (Array.isArray(value)) return value.map((entry) => withLocalAddresses(entry, addresses))
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, withLocalAddresses(entry, addresses)]),
  )
}

/** Replaces the URLs in one text. */
export function localText(text: string, addresses: Addresses): string {
  return text.replaceAll(/\b(?:https?|wss?):\/\/([a-z0-9.-]+)/gi, (url, host: string) => {
    const base = addresses.get(host.toLowerCase())
    if (base === undefined) return url
    return /^ws/i.test(url) ? base.replace(/^http/, 'ws') : base
  })
}
