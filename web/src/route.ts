/** The view the address names, and links between views. */
import { useEffect, useState } from 'preact/hooks'
import { parseRoute, type Route } from './address.ts'
import { type ListQuery, printListQuery } from './assets/list-query.ts'

/** The link of an asset's page. */
export const assetLink = (assetId: string): string => `#/assets/${assetId}`

/** Where the list was last, so that the way back leads to what was searched for. */
let lastList = '#/'

/** The link back to the list as it was left. */
export const listLink = (): string => lastList

/** Shows a list; `replace` keeps it out of the browser's history, as each letter of a search would fill it. */
export function showList(query: ListQuery, { replace = false }: { readonly replace?: boolean } = {}): void {
  const hash = `#/${printListQuery(query)}`
  if (!replace) {
    location.hash = hash
    return
  }
  history.replaceState(null, '', hash)
  // Nobody is told of an address that is replaced.
  dispatchEvent(new HashChangeEvent('hashchange'))
}

/** The current view; renders again when the address changes. */
export function useRoute(): Route {
  const [route, setRoute] = useState(() => parseRoute(location.hash))
  useEffect(() => {
    const changed = () => setRoute(parseRoute(location.hash))
    addEventListener('hashchange', changed)
    return () => removeEventListener('hashchange', changed)
  }, [])
  if (route.view === 'assets') lastList = `#/${printListQuery(route.query)}`
  return route
}
