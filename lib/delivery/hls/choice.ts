/** What an HLS player may choose by itself, without being told by its viewer (RFC 8216bis 4.4.6.1, AUTOSELECT). */
import type { Rendition } from '../../timeline/presentation.ts'

/** LANGUAGE of what nobody gave a language: Apple's authoring specification (8.10) asks for one in every tag. */
export const undetermined = 'und'

/** CHARACTERISTICS (4.4.6.1) of a rendition. */
export const characteristicsOf = ({ roles }: Pick<Rendition, 'roles'>): readonly string[] =>
  roles.flatMap((role) => characteristicOf[role] ?? [])

/** What Apple calls it for whom something is there, by DASH role. */
const characteristicOf: Readonly<Record<string, string | readonly string[]>> = {
  caption: [
    'public.accessibility.transcribes-spoken-dialog',
    'public.accessibility.describes-music-and-sound',
  ],
  description: 'public.accessibility.describes-video',
  easyreader: 'public.easy-to-read',
  'enhanced-audio-intelligibility': 'public.accessibility.enhances-speech-intelligibility',
}

/**
 * The names that say AUTOSELECT=YES: one for each combination of language, purpose and FORCED, the default before
 * others, so that no player has two it can't tell apart; a commentary is nobody's automatic choice. By name, because
 * groups of one type offer the same names and must say the same of them (4.4.6.1.1).
 */
export function autoselectedNames(renditions: readonly Rendition[]): ReadonlySet<string | undefined> {
  const taken = new Map<string, string | undefined>()
  for (const one of renditions.toSorted((a, b) => Number(b.isDefault) - Number(a.isDefault))) {
    if (one.roles.includes('commentary') && !one.isDefault) continue
    const { language = undetermined, roles } = one
    const kind = [language, roles.includes('forced-subtitle'), ...characteristicsOf(one)].join(' ')
    if (!taken.has(kind)) taken.set(kind, one.name)
  }
  return new Set(taken.values())
}
