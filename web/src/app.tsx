/** The frame around every view, and what all of them share. */
import { useEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks'
import { apiClient } from './api.ts'
import { AssetsPage } from './assets/assets-page.tsx'
import type { ListQuery } from './assets/list-query.ts'
import { useAssets } from './assets/use-assets.ts'
import { type Config, dropToken, keepToken } from './config.ts'
import { later } from './later.tsx'
import { listLink, useRoute } from './route.ts'
import { SignIn } from './sign-in.tsx'
import { UnknownPage } from './unknown-page.tsx'
import { DropZone } from './uploads/drop-zone.tsx'
import { isBesideFilm } from './uploads/file-kinds.ts'
import { type DropPlan, planOf } from './uploads/grouping.ts'
import { assetOf, outcomeOf } from './uploads/outcome.ts'
import { PlanDialog } from './uploads/plan-dialog.tsx'
import { putPart, waitAwhile } from './uploads/put-part.ts'
import { Uploads } from './uploads/uploads.ts'

const LaterAssetPage = later('this asset', async () => (await import('./assets/asset-page.tsx')).AssetPage)
const LaterChannelsPage = later(
  'the channels',
  async () => (await import('./channels/channels-page.tsx')).ChannelsPage,
)
const LaterChannelPage = later(
  'this channel',
  async () => (await import('./channels/channel-page.tsx')).ChannelPage,
)
const LaterProgrammePage = later(
  'this programme',
  async () => (await import('./channels/programmes/programme-page.tsx')).ProgrammePage,
)

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

/** The same object each time. */
const everything: ListQuery = {}

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
  const uploads = useMemo(
    () => new Uploads(api, { put: putPart, wait: waitAwhile, memory: localStorage }),
    [api],
  )
  const [, render] = useReducer((count: number) => count + 1, 0)
  useEffect(() => uploads.listen(() => render(undefined)), [uploads])
  const progress = uploads.list
  const route = useRoute()
  // On another page the list stays what it was: the way back leads there.
  const listed = useRef(everything)
  if (route.view === 'assets') listed.current = route.query
  const list = useAssets(api, listed.current, (byId) =>
    progress.some((upload) => outcomeOf(upload, assetOf(upload, byId), progress) === 'indexing'),
  )
  const [plan, setPlan] = useState<DropPlan<File>>()
  const [notice, setNotice] = useState<string>()

  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (uploads.busy) event.preventDefault()
    }
    addEventListener('beforeunload', warn)
    return () => removeEventListener('beforeunload', warn)
  }, [uploads])

  const upload = (files: readonly File[], assetId?: string) => {
    uploads.add(files, assetId)
    setNotice(undefined)
    if (route.view !== 'assets') location.hash = listLink()
  }
  // Films that come alone need no question; what goes with one is shown first.
  const take = (files: readonly File[]) => {
    const sorted = planOf(files)
    const isPlain = sorted.films.every(({ beside }) => beside.length === 0)
    if (isPlain && (sorted.films.length === 0 || sorted.loose.length === 0)) upload(files)
    else setPlan(sorted)
  }
  // On a film's page, subtitles of no film in the drop are that film's; a film is a film of its own wherever it falls.
  const drop = (files: readonly File[]) => {
    if (files.length === 0) return
    const { loose } = planOf(files)
    const own = route.view === 'asset' ? loose.filter(({ name }) => isBesideFilm(name)) : []
    if (route.view === 'asset' && own.length > 0) upload(own, route.assetId)
    const rest = files.filter((file) => !own.includes(file))
    if (rest.length > 0) take(rest)
  }
  const deleted = (assetId: string, words: string) => {
    uploads.forget(assetId)
    setNotice(words)
    if (route.view !== 'assets') location.hash = listLink()
    list.reload()
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
          <a href="#/channels" {...(route.view === 'channels' && { 'aria-current': 'page' })}>
            Channels
          </a>
          <a href={`${config.apiUrl}/openapi.json`} target="_blank" rel="noreferrer">
            API
          </a>
        </nav>
        <button type="button" class="quiet" onClick={() => signOut()}>
          Sign out
        </button>
      </header>
      {route.view === 'assets' && (
        <AssetsPage
          api={api}
          list={list}
          uploads={uploads}
          progress={progress}
          take={take}
          upload={upload}
          notice={notice}
          deleted={deleted}
        />
      )}
      {route.view === 'unknown' && <UnknownPage address={route.address} />}
      {route.view === 'asset' && (
        <LaterAssetPage
          key={route.assetId}
          api={api}
          licenceUrl={config.licenceUrl}
          apiUrl={config.apiUrl}
          assetId={route.assetId}
          upload={upload}
          deleted={(words) => deleted(route.assetId, words)}
        />
      )}
      {route.view === 'channels' && <LaterChannelsPage api={api} />}
      {route.view === 'channel' && (
        <LaterChannelPage
          key={route.channelId}
          api={api}
          licenceUrl={config.licenceUrl}
          playbackUrl={config.playbackUrl}
          channelId={route.channelId}
        />
      )}
      {route.view === 'programme' && (
        <LaterProgrammePage
          key={`${route.channelId}.${route.programmeId}`}
          api={api}
          licenceUrl={config.licenceUrl}
          channelId={route.channelId}
          programmeId={route.programmeId}
        />
      )}
      <DropZone take={drop} />
      {plan && (
        <PlanDialog
          api={api}
          plan={plan}
          close={() => setPlan(undefined)}
          send={(films) => {
            for (const film of films)
              if (film.plan.beside.length > 0) uploads.addFilm(film)
              else uploads.add([film.plan.film])
            setPlan(undefined)
            setNotice(undefined)
            if (route.view !== 'assets') location.hash = listLink()
          }}
        />
      )}
    </>
  )
}
