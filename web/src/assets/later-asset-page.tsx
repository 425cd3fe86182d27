/** The page of an asset, loaded when one is first opened: the list needs neither timelines nor manifests. */
import type { ComponentProps } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { AssetPage } from './asset-page.tsx'

type Page = typeof AssetPage

let loaded: Page | undefined

export function LaterAssetPage(props: ComponentProps<Page>) {
  const [Shown, show] = useState(() => loaded)
  const [fault, setFault] = useState<string>()
  useEffect(() => {
    if (loaded) return
    const load = async () => {
      loaded = (await import('./asset-page.tsx')).AssetPage
      show(() => loaded)
    }
    load().catch((error: unknown) => setFault(String(error)))
  }, [])
  if (Shown) return <Shown {...props} />
  return (
    <main class="page" aria-busy={fault === undefined}>
      {fault === undefined ? (
        <div class="panel loading" role="status">
          <span class="unseen">Loading {props.assetId}</span>
          <div class="bone" />
        </div>
      ) : (
        <div class="alert" role="alert">
          <p>The page of this asset can not be loaded. {fault}</p>
          <button type="button" onClick={() => location.reload()}>
            Try again
          </button>
        </div>
      )}
    </main>
  )
}
