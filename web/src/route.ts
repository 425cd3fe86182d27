/** Which view the address names: `#/` the assets, `#/assets/<id>` one of them. */
import { useEffect, useState } from 'preact/hooks'

/** A view. */
export type Route = { readonly view: 'assets' } | { readonly view: 'asset'; readonly assetId: string }

/** Reads a fragment; whatever it does not know is the list. */
function parseRoute(hash: string): Route {
  const id = /^#\/assets\/([A-Za-z0-9._-]{1,128})$/.exec(decodeURIComponent(hash))?.[1]
  return id === undefined ? { view: 'assets' } : { view: 'asset', assetId: id }
}

/** The link of an asset's page. */
export const assetLink = (assetId: string): string => `#/assets/${assetId}`

/** The current view; renders again when the address changes. */
export function useRoute(): Route {
  const [route, setRoute] = useState(() => parseRoute(location.hash))
  useEffect(() => {
    const changed = () => setRoute(parseRoute(location.hash))
    addEventListener('hashchange', changed)
    return () => removeEventListener('hashchange', changed)
  }, [])
  return route
}
