/** Captions inside the pictures as manifests offer them. */
import { captionAccessibilities, type Descriptor } from '../../formats/dash/index.ts'
import type { MediaRendition } from '../../formats/hls/index.ts'
import type { Rendition } from '../../timeline/presentation.ts'
import type { CaptionService } from '../../timeline/timeline.ts'
import { undetermined } from './choice.ts'

const groupId = 'captions'

/**
 * Services of all pictures together: one film is behind them all, and what was looked into of one may have been
 * silent where another was not.
 */
export function captionsOf(pictures: readonly Rendition[]): CaptionService[] {
  const services = new Map<string, CaptionService>()
  for (const { captions = [] } of pictures)
    for (const service of captions) if (!services.has(service.id)) services.set(service.id, service)
  return [...services.values()]
}

/** What every variant says, so that players need not look for captions where there are none (RFC 8216bis 4.4.6.2). */
export const hlsCaptions = (services: readonly CaptionService[]): { readonly closedCaptions: string } => ({
  closedCaptions: services.length > 0 ? groupId : 'NONE',
})

/** EXT-X-MEDIA for each. */
export function hlsCaptionMedia(services: readonly CaptionService[]): MediaRendition[] {
  return services.map(({ id, language }, i) => {
    const again = services.slice(0, i).some((other) => other.language === language)
    return {
      type: 'CLOSED-CAPTIONS',
      groupId,
      name: !language ? id : again ? `${language} ${id}` : language,
      language: language ?? undetermined,
      isDefault: false,
      // One a language: a player that can't tell two apart must not choose between them.
      autoselect: !again,
      instreamId: id,
    }
  })
}

/** Accessibility descriptors of the set of pictures. */
export const dashCaptions = (services: readonly CaptionService[]): Descriptor[] =>
  captionAccessibilities(services)
