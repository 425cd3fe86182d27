/** A programme's film as its page plays it: under the protection of its channel, in a session and with a token of its own. */
import type { Api } from '../../api.ts'
import type { Manifests } from '../../player/manifests.ts'
import { type Playback, usePlayback, withQuery } from '../../player/playback.ts'
import { type DrmChoice, useDrmChoice } from '../../player/use-drm-choice.ts'
import { useProtection } from '../../protection/use-protection.ts'
import type { Programme } from './programme.ts'

/** All of it. */
export interface ProgrammePlayback extends Omit<DrmChoice, 'scheme'> {
  readonly playback: Playback
  /** With the scheme that was chosen; undefined until they are open. */
  readonly manifests: Manifests | undefined
}

export function useProgrammePlayback(
  api: Api,
  {
    programme: { channel, content, manifests: clear },
    licenceUrl,
  }: { readonly programme: Programme; readonly licenceUrl: string },
): ProgrammePlayback {
  const protection = useProtection(api, { what: 'channel', id: channel })
  const playback = usePlayback(api, { content, manifests: clear }, protection)
  const { scheme, ...chosen } = useDrmChoice(protection, playback, licenceUrl)
  const query = scheme === undefined ? '' : `?scheme=${scheme}`
  const { manifests } = playback
  return {
    playback,
    ...chosen,
    manifests: manifests && {
      hls: withQuery(manifests.hls, query),
      dash: withQuery(manifests.dash, query),
    },
  }
}
