/** The assets, asked for again while something is happening. */
import { useCallback, useEffect, useMemo, useReducer, useRef } from 'preact/hooks'
import type { Asset } from '../../../lib/assets/api/schemas.ts'
import type { Api } from '../api.ts'
import { type ListQuery, printListQuery } from './list-query.ts'
import { ListReader, type ListState } from './list-reader.ts'

/** What is known of the assets. */
export interface AssetList extends ListState {
  /** Every asset that was seen, shown or not: uploads look here for what became of them. */
  readonly byId: ReadonlyMap<string, Asset>
  readonly more: () => void
  readonly reload: () => void
}

const busyMs = 1500
const calmMs = 15_000

/** Reads the assets that a query names, often while `expecting` or while one is being indexed. */
export function useAssets(
  api: Api,
  query: ListQuery,
  expecting: (byId: ReadonlyMap<string, Asset>) => boolean,
): AssetList {
  const [, render] = useReducer((count: number) => count + 1, 0)
  const reader = useMemo(() => new ListReader(api, query, () => render(undefined)), [api])
  // What was uploaded changed last, whatever is searched for at the moment.
  const latest = useMemo(() => new ListReader(api, {}, () => render(undefined)), [api])
  const { state } = reader
  const known = useRef<ReadonlyMap<string, Asset>>(new Map())
  known.current = merged(known.current, latest.state.assets, state.isStale ? undefined : state.assets)
  const byId = known.current
  const isExpecting = expecting(byId)
  const isPlain = printListQuery(query) === ''

  useEffect(() => void reader.refresh(), [reader])
  useEffect(() => void reader.ask(query), [reader, printListQuery(query)])
  const reload = useCallback(() => {
    void reader.refresh()
    if (isExpecting && !isPlain) void latest.refresh()
  }, [reader, latest, isExpecting, isPlain])

  const busy = isExpecting || (state.assets?.some((asset) => asset.state === 'indexing') ?? false)
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
  return { ...state, byId, more: () => void reader.more(), reload }
}

/** The one that changed later wins; two lists may have been read in either order. */
function merged(
  known: ReadonlyMap<string, Asset>,
  ...lists: readonly (readonly Asset[] | undefined)[]
): ReadonlyMap<string, Asset> {
  const all = new Map(known)
  for (const asset of lists.flatMap((list) => list ?? [])) {
    const before = all.get(asset.id)
    if (!before || before.updatedAt <= asset.updatedAt) all.set(asset.id, asset)
  }
  return all
}
