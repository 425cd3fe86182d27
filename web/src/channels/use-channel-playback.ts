/** A channel's playback as its page shows it: in the clear, or in a session and with a token of its own. */
import { useMemo } from 'preact/hooks'
import type { Api } from '../api.ts'
import type { Manifests } from '../player/manifests.ts'
import { type Playback, usePlayback, withQuery } from '../player/playback.ts'
import { type DrmChoice, useDrmChoice } from '../player/use-drm-choice.ts'
import { contentIdOf } from '../protection/content.ts'
import { type Protection, useProtection } from '../protection/use-protection.ts'

/** All of it. */
export interface ChannelPlayback extends Omit<DrmChoice, 'scheme'> {
  readonly protection: Protection
  readonly playback: Playback
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
  const playback = usePlayback(api, { content: contentIdOf(content), manifests: clear }, protection)
  const { scheme, ...chosen } = useDrmChoice(protection, playback, licenceUrl)
  const { hls, dash } = playback.manifests ?? clear
  const manifests = useMemo(() => {
    const query = new URLSearchParams({
      ...(start !== undefined && { start: String(Math.floor(start)) }),
      ...(scheme !== undefined && { scheme }),
    }).toString()
    const asked = (url: string): string => withQuery(url, query === '' ? '' : `?${query}`)
    return { hls: asked(hls), dash: asked(dash) }
  }, [hls, dash, start, scheme])
  return { protection, playback, ...chosen, manifests }
}
