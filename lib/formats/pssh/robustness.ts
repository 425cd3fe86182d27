/** Device robustness classes in HLS (RFC 8216bis 4.4.6.2, ALLOWED-CPC). */
import { FAIRPLAY_KEY_FORMAT } from './fairplay.ts'

/**
 * The ALLOWED-CPC entry for devices at least as robust as the system's level `least`. Apple defines FairPlay's labels;
 * PlayReady's are its security levels. Undefined for systems without labels, and for unknown levels.
 */
export function allowedCpc(system: string, least: string): string | undefined {
  const known = classes.get(system)
  if (!known) return undefined
  const from = known.ladder.findIndex(({ words }) => words.includes(least))
  const labels = known.ladder.slice(from).flatMap((step) => step.labels)
  return from < 0 ? undefined : `${known.keyFormat}:${labels.join('/')}`
}

interface Step {
  /** The names of the level in a policy. */
  readonly words: readonly string[]
  readonly labels: readonly string[]
}

interface Classes {
  readonly keyFormat: string
  /** In ascending robustness. */
  readonly ladder: readonly Step[]
}

const playReadyStep = (level: string): Step => ({ words: [level, `SL${level}`], labels: [`SL${level}`] })

const classes: ReadonlyMap<string, Classes> = new Map([
  [
    'fairplay',
    {
      keyFormat: FAIRPLAY_KEY_FORMAT,
      // A Main device is also of Baseline.
      ladder: [
        { words: ['Baseline', 'AppleBaseline'], labels: ['AppleBaseline', 'Baseline'] },
        { words: ['Main', 'AppleMain'], labels: ['AppleMain', 'Main'] },
      ],
    },
  ],
  ['playready', { keyFormat: 'com.microsoft.playready', ladder: ['150', '2000', '3000'].map(playReadyStep) }],
])
