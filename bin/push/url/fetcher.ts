/** Fetches playlists and segments: bounded, again with growing pauses where it fails, and never naming a query. */
import { type Pauses, pauseMs } from '../../../lib/platform/retry.ts'
import { maxObjectBytes } from '../contents.ts'
import { isPassing } from '../send/feed-api.ts'
import type { Resource } from './source.ts'

/** Fetches. */
export interface Fetcher {
  /** A text, and where it came from in the end; undefined if it can not be had. */
  text(url: string): Promise<{ readonly text: string; readonly url: string } | undefined>
  /** Bytes of a resource; undefined if it can not be had, or is longer than ingest takes. */
  bytes(resource: Resource): Promise<Uint8Array | undefined>
}

/** A playlist of two days. */
const maxTextBytes = 16 * 2 ** 20
const maxTries = 6
/** Each pause is so many of those between calls of AWS: an origin is further away. */
const pauseFactor = 5
const patienceMs = 30_000

/** A fetcher; `signal` ends its tries. */
export function createFetcher(pauses: Pauses, signal: AbortSignal): Fetcher {
  const got = async (
    url: string,
    { headers = {}, most }: { readonly headers?: Record<string, string>; readonly most: number },
  ) => {
    for (let turn = 0; turn < maxTries && !signal.aborted; turn++) {
      if (turn > 0) await pauses.sleep(pauseFactor * pauseMs(turn, pauses.random))
      try {
        const response = await fetch(url, { headers, signal: AbortSignal.timeout(patienceMs) })
        const bytes = response.ok ? await bounded(response, most) : undefined
        if (bytes) return { bytes, url: response.url, status: response.status }
        await response.body?.cancel()
        // An origin may name a segment a moment before all its caches have it.
        if (response.ok || (!isPassing(response.status) && response.status !== 404)) return undefined
      } catch {
        // Broken off: the same as no answer.
      }
    }
    return undefined
  }
  return {
    async text(url) {
      const answer = await got(url, { most: maxTextBytes })
      return answer && { text: Buffer.from(answer.bytes).toString(), url: answer.url }
    },
    async bytes({ url, byteRange }) {
      if (!byteRange) return (await got(url, { most: maxObjectBytes }))?.bytes
      const { offset, length } = byteRange
      if (length > maxObjectBytes) return undefined
      const headers = { range: `bytes=${offset}-${offset + length - 1}` }
      const answer = await got(url, { headers, most: maxObjectBytes })
      // Who knows no ranges answers with all of it (RFC 9110 14.2).
      const bytes = answer?.status === 206 ? answer.bytes : answer?.bytes.subarray(offset, offset + length)
      return bytes?.length === length ? bytes : undefined
    },
  }
}

/** A URL without what may be a permission. */
export function shownUrl(url: string): string {
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname}`
}

/** A body of at most so many bytes; undefined if it is longer. */
async function bounded(response: Response, most: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length > most) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
