/** The assets, asked for again while something is happening. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { Asset } from '../../../lib/assets/api/schemas.ts'
import { type Api, type ApiError, asApiError } from '../api.ts'

/** What is known of the assets. */
export interface AssetList {
  /** Latest change first; undefined until the first answer. */
  readonly assets: readonly Asset[] | undefined
  readonly byId: ReadonlyMap<string, Asset>
  /** The last attempt failed; what is shown may be old. */
  readonly error: ApiError | undefined
  /** Asks for the page after the last one, where there is one. */
  readonly more: (() => void) | undefined
  readonly reload: () => void
}

const busyMs = 1500
const calmMs = 15_000

/** Reads the assets, often while `expecting` or while one is being indexed. */
export function useAssets(api: Api, expecting: (byId: ReadonlyMap<string, Asset>) => boolean): AssetList {
  const [byId, setById] = useState<ReadonlyMap<string, Asset>>()
  const [error, setError] = useState<ApiError>()
  const [next, setNext] = useState<string>()
  const pages = useRef(1)
  const [turn, setTurn] = useState(0)

  // What changes moves to the first page, so that one is enough to stay up to date.
  useEffect(() => {
    let gone = false
    const read = async () => {
      try {
        const page = await api.assets()
        if (gone) return
        setById((known) => merged(known, page.assets, pages.current === 1))
        if (pages.current === 1) setNext(page.next)
        setError(undefined)
      } catch (failure) {
        if (!gone) setError(asApiError(failure))
      }
    }
    void read()
    return () => {
      gone = true
    }
  }, [api, turn])

  const reload = useCallback(() => setTurn((value) => value + 1), [])
  const busy =
    byId !== undefined && (expecting(byId) || [...byId.values()].some(({ state }) => state === 'indexing'))
  useEffect(() => {
    const again = () => {
      if (!document.hidden) reload()
    }
    const timer = setInterval(again, busy ? busyMs : calmMs)
    document.addEventListener('visibilitychange', again)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', again)
    }
  }, [busy, reload])

  const more = async () => {
    try {
      const page = await api.assets(next)
      pages.current++
      setById((known) => merged(known, page.assets, false))
      setNext(page.next)
    } catch (failure) {
      setError(asApiError(failure))
    }
  }
  return {
    assets: byId && [...byId.values()].toSorted((one, other) => other.updatedAt.localeCompare(one.updatedAt)),
    byId: byId ?? none,
    error,
    more: next === undefined ? undefined : () => void more(),
    reload,
  }
}

const none: ReadonlyMap<string, Asset> = new Map()

/** The later answer wins; only a whole list may forget an asset. */
function merged(
  known: ReadonlyMap<string, Asset> | undefined,
  page: readonly Asset[],
  whole: boolean,
): ReadonlyMap<string, Asset> {
  const fresh = page.map((asset) => [asset.id, asset] as const)
  return new Map(whole || !known ? fresh : [...known, ...fresh])
}
