/** Source of assets: single-clip presentations below `vod/`. */

import { mediaPlaylistUri } from '../manifest-path.ts'
import { protectedPresentation } from '../protection/protected-film.ts'
import { askedProtection, type ProtectionChoice, signallingOf } from '../protection/signalling.ts'
import { type CurrentTimeline, readTimeline } from '../read.ts'
import { vodPresentation } from './film.ts'
import type { NotGiven, PresentationSource } from './source.ts'

/** Shows the version named in an asset's row, with the protection the row names. */
export const vodSource: PresentationSource = {
  prefix: 'vod/',
  named: '/vod/<assetId>',
  async give({ name, query }, reader) {
    const { presentationId: timelineId } = name
    const current = name.kind === 'media' ? name : await reader.current(timelineId)
    if (!current) return notGiven(`${timelineId}: no such asset, or it is not ready yet`)
    const { version } = current
    const choice = 'kind' in current ? current.form : choiceOf(current, query)
    const [read, signalling] = await Promise.all([
      readTimeline(reader, {
        timelineId,
        version,
        ...(name.kind === 'media' && { trackIds: [name.renditionId] }),
        ...(name.kind === 'multivariant' && { playedOnly: true }),
      }),
      choice && signallingOf(reader, timelineId, choice, name.kind === 'mpd' ? 'dash' : 'hls'),
    ])
    // A protection state that cannot be read must not look like no protection.
    if (!read || (choice && !signalling))
      return notGiven(`${timelineId} version ${version}: no such timeline`)
    const shown = signalling ? protectedPresentation(read, signalling) : read
    const form = choice && signalling && { ...choice, scheme: signalling.scheme }
    return {
      presentation: vodPresentation(shown.timeline, { ...read, ...shown }),
      mediaUri: ({ id }) => mediaPlaylistUri(version, id, form),
      // The path of a Media Playlist names the version and the protection state.
      cache: name.kind === 'media' ? 'immutable' : 'changing',
    }
  },
}

const choiceOf = ({ protection }: CurrentTimeline, query: URLSearchParams): ProtectionChoice | undefined =>
  protection === undefined ? undefined : askedProtection(protection, query)

const notGiven = (message: string): NotGiven => ({ code: 'ASSET_NOT_FOUND', message })
