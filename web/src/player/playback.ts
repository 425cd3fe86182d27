/** Where a film or channel plays, and by which right: in the clear as it stands, else in a session and with a token. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { DrmSystem } from '../../../lib/rights/protection/policy.ts'
import { type Api, type ApiError, asApiError } from '../api.ts'
import type { Protection } from '../protection/use-protection.ts'
import { type Drm, drmOf } from './drm.ts'
import type { Manifests } from './manifests.ts'

/** What players and links are given. */
export interface Playback {
  /** Undefined while it is being opened. */
  readonly manifests: Manifests | undefined
  readonly token: string | undefined
  readonly error: ApiError | undefined
  /** The caches are given time to follow a change. */
  readonly isSettling: boolean
  /** Another session, another token. */
  readonly again: () => void
}

interface Opened {
  readonly manifests: Manifests
  readonly token?: string
}

/** What may be opened, and its manifests in the clear. */
export interface Playable {
  /** Its content id: `vod/…`, `live/…`, `presentations/…`. */
  readonly content: string
  readonly manifests: Manifests
}

/** After a change of protection edges keep manifests for five seconds more, and packagers the rule for ten. */
const settleMs = 11_000

export function usePlayback(
  api: Api,
  { content, manifests: { hls, dash } }: Playable,
  { known, error: unknown }: Protection,
): Playback {
  const [opened, setOpened] = useState<Opened>()
  const [error, setError] = useState<ApiError>()
  const [turn, setTurn] = useState(0)
  const [isSettling, setSettling] = useState(false)
  const settled = useRef(0)
  const mode = known?.policy.mode ?? (unknown && 'none')
  const changes = known?.changes ?? 0
  useEffect(() => {
    if (mode === undefined) return
    let gone = false
    const begin = async () => {
      if (mode === 'none') return setOpened({ manifests: { hls, dash } })
      const [session, token] = await Promise.all([api.session(content), api.playbackToken(content)])
      if (!gone) setOpened({ manifests: session, token })
    }
    const start = () => {
      settled.current = changes
      setSettling(false)
      setError(undefined)
      begin().catch((failure: unknown) => {
        if (!gone) setError(asApiError(failure))
      })
    }
    setOpened(undefined)
    const isChanged = changes > settled.current
    setSettling(isChanged)
    const timer = setTimeout(start, isChanged ? settleMs : 0)
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [api, content, hls, dash, mode, changes, turn])
  return {
    manifests: opened?.manifests,
    token: opened?.token,
    error,
    isSettling,
    again: () => setTurn((value) => value + 1),
  }
}

/** What of a playback a person chose. */
export interface PlayChoice {
  /** Empty: what each protocol's players usually take. */
  readonly scheme: 'cenc' | 'cbcs' | ''
  /** `none`: this browser has none of the film's; undefined until it has said. */
  readonly system: DrmSystem | 'none' | undefined
}

/** The DRM of a choice, once there is a token. */
export const drmFor = (
  { system }: Pick<PlayChoice, 'system'>,
  { token }: Pick<Playback, 'token'>,
  licenceUrl: string,
): Drm | undefined =>
  system === undefined || system === 'none' || token === undefined
    ? undefined
    : drmOf(system, { licenceUrl, token })

/** A URL with another query behind the one it has; `query` starts with its question mark or is empty. */
export const withQuery = (url: string, query: string): string =>
  url.includes('?') ? url + query.replace('?', '&') : url + query
