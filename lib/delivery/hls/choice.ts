/** Renditions an HLS player may select without user input (RFC 8216bis 4.4.6.1, AUTOSELECT). */
import type { Rendition } from '../../timeline/presentation.ts'

/** LANGUAGE if none is known: Apple's authoring specification (8.10) requires one in every tag. */
export const undetermined = 'und'

/** CHARACTERISTICS (4.4.6.1) of a rendition. */
export const characteristicsOf = ({ roles }: Pick<Rendition, 'roles'>): readonly string[] =>
  roles.flatMap((role) => characteristicOf[role] ?? [])

/** Apple's characteristics by DASH role. */
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
 * Names with AUTOSELECT=YES: one for each combination of language, purpose and FORCED, the default first, so that a
 * player never has two it cannot tell apart; a commentary is never selected automatically. By name, because groups of
 * one type offer the same names and must have equal attributes for them (4.4.6.1.1).
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
