/** A channel's playback as its page shows it: in the clear, or in a session and with a token of its own. */
import { useMemo, useState } from 'preact/hooks'
import type { EncryptedPolicy } from '../../../lib/rights/protection/policy.ts'
import type { Api } from '../api.ts'
import type { Drm } from '../player/drm.ts'
import type { Manifests } from '../player/manifests.ts'
import { drmFor, type Playback, type PlayChoice, usePlayback, withQuery } from '../player/playback.ts'
import { type Protection, useProtection } from '../protection/use-protection.ts'

/** All of it. */
export interface ChannelPlayback {
  readonly protection: Protection
  readonly playback: Playback
  /** Of what is protected. */
  readonly policy: EncryptedPolicy | undefined
  readonly choice: PlayChoice
  readonly choose: (choice: PlayChoice) => void
  readonly drm: Drm | undefined
  /** With the window and the scheme that were chosen. */
  readonly manifests: Manifests
}

/** `start`: where the window begins, in seconds since 1970; undefined for the live edge. */
export function useChannelPlayback(
  api: Api,
  {
    channelId,
    licenceUrl,
    playbackUrl,
    start,
  }: {
    readonly channelId: string
    readonly licenceUrl: string
    readonly playbackUrl: string
    readonly start: number | undefined
  },
): ChannelPlayback {
  const clear = useMemo(() => {
    const root = `${playbackUrl}/live/${channelId}/index`
    return { hls: `${root}.m3u8`, dash: `${root}.mpd` }
  }, [playbackUrl, channelId])
  const content = { what: 'channel', id: channelId } as const
  const protection = useProtection(api, content)
  const playback = usePlayback(api, { content, manifests: clear }, protection)
  const [choice, choose] = useState<PlayChoice>({ scheme: '', system: undefined })
  const { known } = protection
  const policy = known?.policy.mode === 'encrypted' ? known.policy : undefined
  const isSealed = policy !== undefined
  const { token } = playback
  const { system, scheme } = choice
  // Players start anew with another one: a policy that was only read again is no reason.
  const drm = useMemo(
    () => (isSealed ? drmFor({ system }, { token }, licenceUrl) : undefined),
    [isSealed, system, token, licenceUrl],
  )
  const { hls, dash } = playback.manifests ?? clear
  const manifests = useMemo(() => {
    const query = new URLSearchParams({
      ...(start !== undefined && { start: String(Math.floor(start)) }),
      ...(isSealed && scheme !== '' && { scheme }),
    }).toString()
    const asked = (url: string): string => withQuery(url, query === '' ? '' : `?${query}`)
    return { hls: asked(hls), dash: asked(dash) }
  }, [hls, dash, start, isSealed, scheme])
  return { protection, playback, policy, choice, choose, drm, manifests }
}
