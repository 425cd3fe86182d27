/**
 * A segment of a transport stream as CMAF segments, one a track, which are read as if they had come so. Its clock is 33
 * bits of 90 kHz and begins anew each 26.5 hours.
 */
import { type ErrorCode, HeadendError } from '../../errors.ts'
import { writeInit, writeSegmentHead } from '../../formats/isobmff/index.ts'
import {
  createUnitReader,
  type EarlierSets,
  type ElementaryTrack,
  elementaryTracks,
  stretchesOf,
  type TsProblem,
  trackFragment,
  trackInit,
  type UnitEvent,
} from '../../formats/mpegts/index.ts'
import { type FeedCues, sectionCues } from './cues.ts'
import { id3Events } from './events.ts'
import type { FeedEvent } from './feed-track.ts'
import type { FeedMemory } from './memory.ts'

/** A track's part of the segment. */
export interface CmafPart {
  /** Type and place in the programme: `video1`. */
  readonly name: string
  readonly init: Uint8Array
  /** The segment up to its samples. */
  readonly head: Uint8Array
  readonly samples: readonly Uint8Array[]
}

/** The parts, in order of time within a track, the cues, and what was wrong with the stream. */
export interface CmafParts extends FeedCues {
  readonly parts: readonly CmafPart[]
  /** Timed ID3. */
  readonly events: readonly FeedEvent[]
}

/** Seconds after which its clock begins anew. */
export const transportClockSeconds = 2 ** 33 / 90_000

/** Times are moved by so much: what is decoded before the first picture may lie before 0. */
const marginTicks = 10 * 90_000
/** The same in seconds. */
export const transportMarginSeconds = marginTicks / 90_000
const packetBytes = 188
const syncByte = 0x47
const trackId = 1

/** True if the bytes begin as a transport stream does. */
export const isTransportStream = (bytes: Uint8Array): boolean =>
  bytes[0] === syncByte && (bytes.length === packetBytes || bytes[packetBytes] === syncByte)

/** What a stream has, before anything is made of it. */
export interface StreamUnits {
  readonly events: readonly UnitEvent[]
  /** There is video, and none of it can be read without parameter sets of an earlier segment. */
  readonly lacksSets: boolean
}

/** What it is read with. */
export interface StreamReading {
  /** Lent, for its samples. */
  readonly memory?: FeedMemory | undefined
  readonly earlierSets?: EarlierSets | undefined
}

/** Reads a segment; nothing in it makes it throw. */
export function streamUnits(bytes: Uint8Array, { memory, earlierSets }: StreamReading = {}): StreamUnits {
  const reader = createUnitReader({
    ...(memory && { allocate: memory.take }),
    ...(earlierSets && { earlierSets }),
  })
  const events = [...reader.push(bytes), ...reader.end()]
  const said = (wanted: ErrorCode) =>
    new Set(
      events.flatMap((event) =>
        event.type === 'problem' && event.problem.code === wanted ? [event.problem.pid] : [],
      ),
    )
  const empty = said('TS_TRACK_EMPTY')
  return { events, lacksSets: [...said('TS_PARAMETER_SETS')].some((pid) => empty.has(pid)) }
}

/** Its parts; throws FEED_SEGMENT if nothing in it plays. */
export function cmafParts(name: string, { events }: StreamUnits): CmafParts {
  const units = events.flatMap((event) => (event.type === 'unit' ? [event.unit] : []))
  const problems: Omit<TsProblem, 'at'>[] = events.flatMap((event) =>
    event.type === 'problem' ? [event.problem] : [],
  )
  const program = events.findLast((event) => event.type === 'program')?.program
  const parts: CmafPart[] = []
  for (const stretch of program ? stretchesOf(units) : []) {
    const read = elementaryTracks(stretch, { streams: program?.streams ?? [] }, { originTicks: -marginTicks })
    problems.push(...read.problems)
    for (const track of read.tracks) parts.push(partOf(nameOf(track, read.tracks), track))
  }
  if (parts.length === 0) {
    const [first] = problems
    throw new HeadendError(
      'FEED_SEGMENT',
      `${name}: expected audio or video that plays, got ${first ? `${first.code}: ${first.message}` : 'none'}`,
    )
  }
  const [earliest = 0] = units.flatMap(({ ptsTicks }) => ptsTicks ?? []).toSorted((a, b) => a - b)
  const sections = events.flatMap((event) =>
    event.type === 'section' && event.section.kind === 'scte-35'
      ? [{ bytes: event.section.bytes, clockTicks: event.section.clockTicks ?? earliest }]
      : [],
  )
  const { cues, problems: ofCues } = sectionCues(sections)
  const margin = transportMarginSeconds
  const later = cues.map(({ section, atSeconds, saidSeconds }) => ({
    section,
    atSeconds: atSeconds + margin,
    saidSeconds: saidSeconds + margin,
  }))
  const packets = events.flatMap((event) =>
    event.type === 'pes' && event.pes.kind === 'id3' ? [event.pes] : [],
  )
  return { parts, events: id3Events(packets, margin), cues: later, problems: [...problems, ...ofCues] }
}

/** A stream whose setup changes within the segment is several tracks of one name. */
function nameOf({ pid, facts }: ElementaryTrack, all: readonly ElementaryTrack[]): string {
  const pids = new Set(all.filter((one) => one.facts.type === facts.type).map((one) => one.pid))
  return `${facts.type}${[...pids].indexOf(pid) + 1}`
}

function partOf(name: string, track: ElementaryTrack): CmafPart {
  const { head } = writeSegmentHead(trackFragment(track, { sequence: 1, trackId }))
  const init = writeInit(trackInit(track, trackId))
  return { name, init, head, samples: track.samples.map(({ bytes }) => bytes) }
}
