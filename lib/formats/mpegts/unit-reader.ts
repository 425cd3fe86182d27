/** Reads a transport stream to access units: the demuxer, and a reader of units for each stream of audio and video. */
import type { ErrorCode } from '../../errors.ts'
import { adtsRules } from './audio/adts.ts'
import { createAudioUnits } from './audio/audio-units.ts'
import { dolbyRules } from './audio/dolby.ts'
import { isLatm, latmRules } from './audio/latm.ts'
import { mpegAudioRules } from './audio/mpeg-audio.ts'
import { type DemuxerOptions, demux } from './packets/demux.ts'
import { owned } from './packets/demuxer.ts'
import type { Program, Stream, TsEvent } from './packets/events.ts'
import { ProblemCounts } from './packets/problems.ts'
import type { AccessUnit } from './units.ts'
import { avcRules } from './video/avc-rules.ts'
import { hevcRules } from './video/hevc-rules.ts'
import type { SetPlacement } from './video/video-entry.ts'
import { createVideoUnits, type UnitPorts, type UnitReader, type VideoRules } from './video/video-units.ts'

/** What is to be read, and how. */
export interface UnitReaderOptions extends DemuxerOptions {
  /** Where parameter sets of video are to be; in the sample entry alone, unless told otherwise. */
  readonly parameterSets?: SetPlacement
  /** Those of what came before, for video that has none of its own. */
  readonly earlierSets?: EarlierSets
  /** Of one access unit; larger ones are dropped. */
  readonly maxUnitBytes?: number
}

/** Parameter sets that a decoder of the same stream would still have. */
export interface EarlierSets {
  readonly kind: 'avc' | 'hevc'
  /** Without start codes. */
  readonly nals: readonly Uint8Array[]
}

/** PES packets of audio and video as units; those of timed ID3 as they are. */
export type UnitEvent = TsEvent | { readonly type: 'unit'; readonly unit: AccessUnit }

/** A transport stream being read; nothing in it makes it throw. */
export interface TsReader {
  /** Takes a chunk of any size; it may be reused afterwards. */
  readonly push: (chunk: Uint8Array) => UnitEvent[]
  /** Hands over what is still open, and says which streams never came. */
  readonly end: () => UnitEvent[]
  /** How often each fault was seen. */
  readonly problems: ReadonlyMap<ErrorCode, number>
}

interface Reading {
  readonly kind: Stream['kind']
  readonly reader: UnitReader
  hasUnits: boolean
}

const defaultMaxUnitBytes = 2 ** 25

/** Begins one. */
export function createUnitReader(options: UnitReaderOptions = {}): TsReader {
  const { maxUnitBytes = defaultMaxUnitBytes, allocate } = options
  const counts = new ProblemCounts()
  const readings = new Map<number, Reading>()
  let events: UnitEvent[] = []
  let position = 0

  const say = (code: ErrorCode, message: string, pid: number): void => {
    const problem = { code, message, pid, at: position }
    if (counts.add(problem)) events.push({ type: 'problem', problem })
  }
  const adopt = ({ streams }: Program): void => {
    for (const [pid, { kind, reader }] of readings) {
      if (streams.some((stream) => stream.pid === pid && stream.kind === kind)) continue
      reader.end()
      readings.delete(pid)
    }
    for (const stream of streams) {
      const { pid, kind, name } = stream
      if (readings.has(pid)) continue
      if (kind === 'skipped')
        say(
          'TS_CODEC_UNSUPPORTED',
          `PID ${pid}: expected audio, video, cues or ID3 that are read, got ${name}`,
          pid,
        )
      const reading = open(stream, {
        unit(unit) {
          if (reading) reading.hasUnits = true
          events.push({ type: 'unit', unit })
        },
        say: (code, message) => say(code, message, pid),
        maxUnitBytes,
        ...(allocate && { allocate }),
      })
      if (reading) readings.set(pid, reading)
    }
  }
  const open = (stream: Stream, ports: UnitPorts): Reading | undefined => {
    const reader = readerOf(stream, ports, options)
    return reader && { kind: stream.kind, reader, hasUnits: false }
  }
  const handle = (event: TsEvent): void => {
    const reading = event.type === 'pes' ? readings.get(event.pes.pid) : undefined
    if (event.type === 'pes' && reading) reading.reader.push(event.pes)
    else events.push(owned(event))
    if (event.type === 'program') adopt(event.program)
  }
  const pass = demux(options, handle)
  const taken = (): UnitEvent[] => {
    const all = events
    events = []
    return all
  }
  return {
    push(chunk) {
      pass.push(chunk)
      position += chunk.length
      return taken()
    },
    end() {
      pass.end()
      for (const [pid, reading] of readings) {
        reading.reader.end()
        if (!reading.hasUnits)
          say('TS_TRACK_EMPTY', `PID ${pid}: expected ${reading.kind}, got nothing to play`, pid)
      }
      return taken()
    },
    get problems() {
      const all = new Map(pass.problems)
      for (const [code, count] of counts.counts) all.set(code, (all.get(code) ?? 0) + count)
      return all
    },
  }
}

/** Undefined for what has no units. */
function readerOf(
  { pid, kind }: Stream,
  ports: UnitPorts,
  { parameterSets = 'out-of-band', earlierSets }: UnitReaderOptions,
): UnitReader | undefined {
  const video = (rules: VideoRules) => {
    if (earlierSets?.kind === kind) for (const nal of earlierSets.nals) rules.takeSet(nal)
    return createVideoUnits(pid, rules, ports)
  }
  switch (kind) {
    case 'avc':
      return video(avcRules(parameterSets))
    case 'hevc':
      return video(hevcRules(parameterSets))
    case 'aac':
      return aacUnits(pid, ports)
    case 'latm':
      return createAudioUnits(pid, latmRules(), ports)
    case 'mpeg-audio':
      return createAudioUnits(pid, mpegAudioRules(), ports)
    case 'ac-3':
      return createAudioUnits(pid, dolbyRules(), ports)
    case 'id3':
    case 'scte-35':
    case 'section':
    case 'skipped':
      return undefined
  }
}

/** AAC as its first packet has it: FFmpeg's HLS writes LATM under the stream_type of ADTS, and players look at the bytes. */
function aacUnits(pid: number, ports: UnitPorts): UnitReader {
  let reader: UnitReader | undefined
  return {
    push(pes) {
      reader ??= isLatm(pes.data)
        ? createAudioUnits(pid, latmRules(), ports)
        : createAudioUnits(pid, adtsRules(), ports)
      reader.push(pes)
    },
    end: () => reader?.end(),
  }
}
