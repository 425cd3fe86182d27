/** In-band captions as listed in `asset.json`: services and languages. */
import type { CaptionService } from '../../timeline/timeline.ts'
import { bcp47 } from './language.ts'

/** The expected form, for error messages. */
export const wantedCaptions =
  'captions as [{"id": "CC1", "language": "en"}], each of CC1 to CC4 and SERVICE1 to SERVICE63 once'

const ids = /^(?:CC[1-4]|SERVICE(?:[1-9]|[1-5]\d|6[0-3]))$/

/** Reads the list; undefined if invalid. An empty list states that there are no captions. */
export function readCaptions(list: unknown): CaptionService[] | undefined {
  if (!Array.isArray(list)) return undefined
  const services: CaptionService[] = []
  for (const one of list) {
    const { id, language: stated } = (typeof one === 'object' && one !== null ? one : { id: one }) as {
      readonly id?: unknown
      readonly language?: unknown
    }
    const language = typeof stated === 'string' ? bcp47(stated) : undefined
    if (typeof id !== 'string' || !ids.test(id) || services.some((known) => known.id === id)) return undefined
    if (stated !== undefined && !language) return undefined
    services.push({ id, ...(language && { language }) })
  }
  return services
}
