/** What an MPD tells: its events lie on the clock that its segments count, whose place on the wall clock is known. */

import { base64Text } from '../../formats/base64.ts'
import { type MpdCue, readMpdCues } from '../../formats/dash/index.ts'
import { cueTimescale } from '../cues/cue.ts'
import { placed } from '../ingest/encoder-clock.ts'
import type { FeedObject } from '../ingest/ports.ts'
import type { Candidates, ToldCue } from './told-cue.ts'

/** They are, in the order of their lines. */
export function mpdCandidates({ writtenMs }: FeedObject, text: string): Candidates {
  const { cues, throughSeconds, problems } = readMpdCues(text)
  const candidates = cues
    .filter(({ section }) => section !== undefined)
    .map((cue) => ({
      says: saying(cue, writtenMs),
      reads: false,
      async place({ runs }: Parameters<Candidates['candidates'][number]['place']>[0]) {
        // Where the MPD ends is when it was written; an event may be long past, or still to come.
        const endSeconds = throughSeconds ?? cue.mediaSeconds
        const { addSeconds, begins } = placed(runs, { endSeconds, writtenMs })
        return begins ? 'waits' : told(cue, cue.mediaSeconds + addSeconds)
      },
    }))
  return { candidates, problems: problems.map(({ line, reason }) => `line ${line}: ${reason}`) }
}

const told = ({ durationSeconds, section }: MpdCue, atSeconds: number): ToldCue => ({
  kind: 'section',
  at: Math.round(atSeconds * cueTimescale),
  ...(durationSeconds !== undefined && { duration: Math.round(durationSeconds * cueTimescale) }),
  returnsItself: false,
  ...(section && { section }),
})

/** Encoders that begin anew count anew; by then it is another time. */
const epochMs = 600_000

const saying = ({ mediaSeconds, durationSeconds, section }: MpdCue, writtenMs: number): string =>
  [mediaSeconds, durationSeconds, Math.round(writtenMs / epochMs), section && base64Text(section)].join(' ')
