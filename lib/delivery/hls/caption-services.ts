/** Closed captions embedded in the video, as manifests signal them. */
import { captionAccessibilities, type Descriptor } from '../../formats/dash/index.ts'
import type { MediaRendition } from '../../formats/hls/index.ts'
import type { Rendition } from '../../timeline/presentation.ts'
import type { CaptionService } from '../../timeline/timeline.ts'
import { undetermined } from './choice.ts'

const groupId = 'captions'

/**
 * Caption services of all video renditions together: they show the same content, and the part that was inspected may
 * have had captions in one rendition and none in another.
 */
export function captionsOf(pictures: readonly Rendition[]): CaptionService[] {
  const services = new Map<string, CaptionService>()
  for (const { captions = [] } of pictures)
    for (const service of captions) if (!services.has(service.id)) services.set(service.id, service)
  return [...services.values()]
}

/**
 * Attribute of every variant, so that players need not search for captions where there are none (RFC 8216bis 4.4.6.2).
 */
export const hlsCaptions = (services: readonly CaptionService[]): { readonly closedCaptions: string } => ({
  closedCaptions: services.length > 0 ? groupId : 'NONE',
})

/** One EXT-X-MEDIA for each service. */
export function hlsCaptionMedia(services: readonly CaptionService[]): MediaRendition[] {
  return services.map(({ id, language }, i) => {
    const again = services.slice(0, i).some((other) => other.language === language)
    return {
      type: 'CLOSED-CAPTIONS',
      groupId,
      name: !language ? id : again ? `${language} ${id}` : language,
      language: language ?? undetermined,
      isDefault: false,
      // One per language: a player must not choose between two it cannot tell apart.
      autoselect: !again,
      instreamId: id,
    }
  })
}

/** Accessibility descriptors of the video AdaptationSet. */
export const dashCaptions = (services: readonly CaptionService[]): Descriptor[] =>
  captionAccessibilities(services)
