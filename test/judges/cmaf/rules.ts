/**
 * CMAF tracks judged by ISO/IEC 23000-19 and what it stands on, box by box: nothing of `lib/formats` is used, so
 * that it can fail us.
 */

import { audioEntryRules, audioSampleRules } from './audio-rules.ts'
import { Malformed } from './boxes.ts'
import { brandRules } from './brand-rules.ts'
import { type BrokenCmaf, type CmafRule, Findings } from './clauses.ts'
import { entryRules } from './entry-rules.ts'
import { factRules, type TrackFacts } from './fact-rules.ts'
import { type CmafHeader, headerOf } from './init-rules.ts'
import { protectionRules } from './protection-rules.ts'
import { type CmafFragment, fragmentsOf } from './segment-rules.ts'
import { textEntryRules, textSampleRules } from './text-rules.ts'
import { pictureRules, videoEntryRules } from './video-rules.ts'

export type { BrokenCmaf, CmafRule, TrackFacts }

/** A track: its init segment and its segments in order; `facts` is what timelines and manifests say of it. */
export interface CmafTrack {
  readonly init: Uint8Array
  readonly segments: readonly Uint8Array[]
  readonly facts?: TrackFacts
}

/**
 * Rules that only the film's own pictures can break: who hands packets on byte for byte cannot mend them, and
 * says so by listing them.
 */
export const ofTheMedia: ReadonlySet<CmafRule> = new Set([
  'sample.sync',
  'sample.nal',
  'sample.parameter-sets',
])

/** A track as it was read, for rules that look at several. */
export interface ReadTrack {
  readonly header: CmafHeader
  readonly fragments: readonly CmafFragment[]
}

/** Every rule the track breaks; nothing where all is well. */
export const checkCmafTrack = (track: CmafTrack): BrokenCmaf[] => readCmafTrack(track).broken

/** The same, with what was read where it could be. */
export function readCmafTrack({ init, segments, facts }: CmafTrack): {
  broken: BrokenCmaf[]
  read?: ReadTrack
} {
  const findings = new Findings()
  try {
    const header = headerOf(init, findings)
    if (!header) return { broken: findings.list }
    const fragments = fragmentsOf(header, segments, findings)
    const apart: CmafRule =
      header.handler === 'vide'
        ? 'video.configuration'
        : header.handler === 'soun'
          ? 'audio.configuration'
          : 'text.entry'
    ruled(apart, findings, () => {
      brandRules(header, frameRateOf(header, fragments), findings)
      entryRules(header, findings)
    })
    ruled(apart, findings, () => mediaRules(header, fragments, findings))
    ruled('protection.entry', findings, () => protectionRules(header, fragments, findings))
    ruled(apart, findings, () => facts && factRules({ header, fragments, segments, facts }, findings))
    return { broken: findings.list, read: { header, fragments } }
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    findings.want(false, 'box.tree', 'somewhere', error.message)
    return { broken: findings.list }
  }
}

function mediaRules(header: CmafHeader, fragments: readonly CmafFragment[], findings: Findings): void {
  if (header.handler === 'vide') {
    videoEntryRules(header, findings)
    pictureRules(header, fragments, findings)
  } else if (header.handler === 'soun') {
    audioEntryRules(header, findings)
    audioSampleRules(fragments, findings)
  } else {
    textEntryRules(header, findings)
    textSampleRules(header, fragments, findings)
  }
}

/** A configuration that can't be read is a fault of its own: the boxes around it may be sound. */
function ruled(rule: CmafRule, findings: Findings, work: () => void): void {
  try {
    work()
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    findings.want(false, rule, 'init', error.message)
  }
}

/** Pictures a second on the mean; a brand limits it. */
function frameRateOf({ timescale }: CmafHeader, fragments: readonly CmafFragment[]): number | undefined {
  const [first, last] = [fragments[0], fragments.at(-1)]
  const samples = fragments.reduce((sum, fragment) => sum + fragment.samples.length, 0)
  return first && last && last.end > first.decode
    ? (samples * timescale) / (last.end - first.decode)
    : undefined
}
