/** Which view the address names: `#/` the assets, `#/assets/<id>` one of them. */
import { useEffect, useState } from 'preact/hooks'
import { decoded } from './fragment.ts'

/** A view; `unknown` where there is none of that name. */
export type Route =
  | { readonly view: 'assets' }
  | { readonly view: 'asset'; readonly assetId: string }
  | { readonly view: 'unknown'; readonly address: string }

/** Reads a fragment. */
function parseRoute(hash: string): Route {
  const address = decoded(hash)
  if (address === undefined) return { view: 'unknown', address: hash }
  if (/^(#\/?(assets\/?)?)?$/.test(address)) return { view: 'assets' }
  const id = /^#\/assets\/(?!\.{1,2}$)([A-Za-z0-9._-]{1,128})$/.exec(address)?.[1]
  return id === undefined ? { view: 'unknown', address } : { view: 'asset', assetId: id }
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
