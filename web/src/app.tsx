/** The frame around every view, and what all of them share. */
import { useEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks'
import { apiClient } from './api.ts'
import { AssetsPage } from './assets/assets-page.tsx'
import { LaterAssetPage } from './assets/later-asset-page.tsx'
import { useAssets } from './assets/use-assets.ts'
import { type Config, dropToken, keepToken } from './config.ts'
import { useRoute } from './route.ts'
import { SignIn } from './sign-in.tsx'
import { UnknownPage } from './unknown-page.tsx'
import { DropZone, isBesideFilm } from './uploads/drop-zone.tsx'
import { assetOf, outcomeOf } from './uploads/outcome.ts'
import { Uploads } from './uploads/uploads.ts'

export function App({ config, initialToken }: { readonly config: Config; readonly initialToken?: string }) {
  const [token, setToken] = useState(initialToken)
  const [reason, setReason] = useState<string>()
  const kept = useRef(initialToken)
  if (token === undefined)
    return (
      <SignIn
        reason={reason}
        signIn={(given) => {
          keepToken(given)
          kept.current = given
          setReason(undefined)
          setToken(given)
        }}
      />
    )
  const signOut = (why?: string) => {
    // A late refusal of the token before says nothing of this one.
    if (kept.current !== token) return
    kept.current = undefined
    dropToken()
    setReason(why)
    setToken(undefined)
  }
  return <SignedIn key={token} config={config} token={token} signOut={signOut} />
}

function SignedIn({
  config,
  token,
  signOut,
}: {
  readonly config: Config
  readonly token: string
  readonly signOut: (why?: string) => void
}) {
  const api = useMemo(
    () => apiClient({ url: config.apiUrl, token, refused: ({ message }) => signOut(message) }),
    // `signOut` is new at each render and does the same each time.
    [config, token],
  )
  const uploads = useMemo(() => new Uploads(api), [api])
  const [, render] = useReducer((count: number) => count + 1, 0)
  useEffect(() => uploads.listen(() => render(undefined)), [uploads])
  const progress = uploads.list
  const list = useAssets(api, (byId) =>
    progress.some((upload) => outcomeOf(upload, assetOf(upload, byId), progress) === 'indexing'),
  )
  const route = useRoute()

  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (uploads.busy) event.preventDefault()
    }
    addEventListener('beforeunload', warn)
    return () => removeEventListener('beforeunload', warn)
  }, [uploads])

  const take = (files: readonly File[], assetId?: string) => {
    uploads.add(files, assetId)
    location.hash = '#/'
  }
  // On a film's page, subtitles are that film's; a film is a film of its own wherever it falls.
  const drop = (files: readonly File[]) => {
    const beside = route.view === 'asset' ? files.filter(({ name }) => isBesideFilm(name)) : []
    if (route.view === 'asset' && beside.length > 0) take(beside, route.assetId)
    take(files.filter((file) => !beside.includes(file)))
  }
  return (
    <>
      <header class="bar">
        <a class="brand" href="#/" aria-label="headend, all assets">
          <img src="/favicon.svg" alt="" width="22" height="22" /> headend
        </a>
        <nav aria-label="Console">
          <a href="#/" {...(route.view === 'assets' && { 'aria-current': 'page' })}>
            Assets
          </a>
          <a href={`${config.apiUrl}/openapi.json`} target="_blank" rel="noreferrer">
            API
          </a>
        </nav>
        <button type="button" class="quiet" onClick={() => signOut()}>
          Sign out
        </button>
      </header>
      {route.view === 'assets' && <AssetsPage api={api} list={list} uploads={uploads} progress={progress} />}
      {route.view === 'unknown' && <UnknownPage address={route.address} />}
      {route.view === 'asset' && (
        <LaterAssetPage
          key={route.assetId}
          api={api}
          licenceUrl={config.licenceUrl}
          assetId={route.assetId}
          upload={take}
        />
      )}
      <DropZone take={drop} />
    </>
  )
}
