/** Reads a transport stream to events, a chunk at a time. */
import type { ErrorCode } from '../../../errors.ts'
import { type DemuxerOptions, demux } from './demux.ts'
import type { TsEvent } from './events.ts'

/** A transport stream being read; nothing in it makes it throw. */
export interface Demuxer {
  /** Takes a chunk of any size; it may be reused afterwards. */
  readonly push: (chunk: Uint8Array) => TsEvent[]
  /** Hands over what is still open. */
  readonly end: () => TsEvent[]
  /** How often each fault was seen; events say only the first 20 of a kind. */
  readonly problems: ReadonlyMap<ErrorCode, number>
}

/** Begins one. */
export function createDemuxer(options: DemuxerOptions = {}): Demuxer {
  let events: TsEvent[] = []
  const pass = demux(options, (event) => events.push(owned(event)))
  const taken = (): TsEvent[] => {
    const all = events
    events = []
    return all
  }
  return {
    push(chunk) {
      pass.push(chunk)
      return taken()
    },
    end() {
      pass.end()
      return taken()
    },
    get problems() {
      return pass.problems
    },
  }
}

/** An event whose bytes are its own. */
export const owned = (event: TsEvent): TsEvent =>
  event.type === 'pes' ? { ...event, pes: { ...event.pes, data: event.pes.data.slice() } } : event
