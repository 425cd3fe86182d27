/** Cues as manifests tell them. */
import type { Outcome } from '../ingest/ports.ts'
import type { HeadRow } from '../live/store.ts'

/** A cue on the channel's clock. */
export interface ToldCue {
  readonly kind: 'out' | 'in' | 'running' | 'section'
  /** Ticks of a cue's clock; of a break that runs, where it began. */
  readonly at: number
  /** In ticks of 90 kHz. */
  readonly duration?: number
  /** It ends by itself after its duration. */
  readonly returnsItself: boolean
  readonly section?: Uint8Array
}

/** A cue whose time is found when it is new. */
export interface Candidate {
  /** The same in each manifest that tells it, whichever rendition's. */
  readonly says: string
  /** An object has to be read for it. */
  readonly reads: boolean
  /** `waits`: what it needs has not come. `beside`: another rendition tells it. */
  place(row: HeadRow): Promise<ToldCue | 'waits' | 'beside'>
}

/** What a manifest tells, and what of it can not be read. */
export interface Candidates {
  readonly candidates: readonly Candidate[]
  readonly problems: readonly string[]
}

/** Part of a manifest can not be read; the rest is taken. */
export const unreadable = (why: string): Outcome => ({ kind: 'damaged', code: 'FEED_MANIFEST', why })
