/** Classes of devices by how well they guard what they play, as HLS names them (RFC 8216bis 4.4.6.2, ALLOWED-CPC). */
import { FAIRPLAY_KEY_FORMAT } from './fairplay.ts'

/**
 * The entry of ALLOWED-CPC that lets devices play which are as robust as a system's word asks, or more. Apple defines
 * FairPlay's labels; PlayReady's are its security levels. Undefined for systems without labels, and for words that are
 * none of theirs.
 */
export function allowedCpc(system: string, least: string): string | undefined {
  const known = classes.get(system)
  if (!known) return undefined
  const from = known.ladder.findIndex(({ words }) => words.includes(least))
  const labels = known.ladder.slice(from).flatMap((step) => step.labels)
  return from < 0 ? undefined : `${known.keyFormat}:${labels.join('/')}`
}

interface Step {
  /** What a policy may call it. */
  readonly words: readonly string[]
  readonly labels: readonly string[]
}

interface Classes {
  readonly keyFormat: string
  /** From the least robust on. */
  readonly ladder: readonly Step[]
}

const playReadyStep = (level: string): Step => ({ words: [level, `SL${level}`], labels: [`SL${level}`] })

const classes: ReadonlyMap<string, Classes> = new Map([
  [
    'fairplay',
    {
      keyFormat: FAIRPLAY_KEY_FORMAT,
      // A device is of Baseline whether or not it is of Main.
      ladder: [
        { words: ['Baseline', 'AppleBaseline'], labels: ['AppleBaseline', 'Baseline'] },
        { words: ['Main', 'AppleMain'], labels: ['AppleMain', 'Main'] },
      ],
    },
  ],
  ['playready', { keyFormat: 'com.microsoft.playready', ladder: ['150', '2000', '3000'].map(playReadyStep) }],
])
