/** The view the address names, and links between views. */
import { useEffect, useMemo, useState } from 'preact/hooks'
import { parseRoute, type Route } from './address.ts'
import { type ListChange, printListQuery } from './assets/list-query.ts'

/** The link of an asset's page. */
export const assetLink = (assetId: string): string => `#/assets/${assetId}`

/** The link of a channel's page. */
export const channelLink = (channelId: string): string => `#/channels/${channelId}`

/** The link of a programme's page. */
export const programmeLink = (channelId: string, programmeId: string): string =>
  `${channelLink(channelId)}/programmes/${programmeId}`

/** Where the list was last, so that the way back leads to what was searched for. */
let lastList = '#/'

/** The link back to the list as it was left. */
export const listLink = (): string => lastList

/**
 * Shows the list of the address, changed. The address says what to change, not what is on the page: that may be drawn a
 * moment later. `replace` keeps it out of the browser's history, as each letter of a search would fill it.
 */
export function changeList(
  change: ListChange,
  { replace = false }: { readonly replace?: boolean } = {},
): void {
  const route = parseRoute(location.hash)
  const hash = `#/${printListQuery({ ...(route.view === 'assets' && route.query), ...change })}`
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
  const [hash, setHash] = useState(() => location.hash)
  const route = useMemo(() => parseRoute(hash), [hash])
  useEffect(() => {
    const changed = () => setHash(location.hash)
    addEventListener('hashchange', changed)
    // It may have changed since the page was drawn, when nobody listened yet.
    changed()
    return () => removeEventListener('hashchange', changed)
  }, [])
  if (route.view === 'assets') lastList = `#/${printListQuery(route.query)}`
  return route
}
