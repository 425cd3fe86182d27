/** Tracks of a film from the streams of a programme, in the form the tracks of MP4 are read to. */
import type { SkippedTrack } from '../../assets/index.ts'
import { HeadendError } from '../../errors.ts'
import { addDescription, type DescriptionRun, type Repair, unityMatrix } from '../../formats/isobmff/index.ts'
import { displaySize, type Stream } from '../../formats/mpegts/index.ts'
import { bcp47 } from '../assets/language.ts'
import type { FileTracks, SampleDescription, SourceTrack } from '../reading/source-track.ts'
import { type PlacedUnits, placeParts, placeUnits } from './film-times.ts'
import type { ProgrammeTracks } from './programme-tracks.ts'
import { offsetsOf } from './sample-runs.ts'
import type { StreamUnits } from './stream-units.ts'

/** All tracks, and what is left out and why. */
export function filmTracks(read: ProgrammeTracks, file: string): FileTracks {
  const tracks: SourceTrack[] = []
  const skipped: SkippedTrack[] = []
  const kinds = new Set<SourceTrack['type']>()
  const places = placeParts(read.tracks, read.film.parts)
  for (const stream of read.skipped.values()) {
    if (stream.shows) kinds.add(stream.shows)
    skipped.push(unread(stream, file))
  }
  for (const track of read.tracks) {
    const { stream, type } = track
    const repairs = repairsOf(read, track)
    const lost = (why: Repair): void => {
      if (why.code !== 'TS_TRACK_EMPTY') kinds.add(type)
      skipped.push({ file, trackId: stream.pid, type, codec: stream.name, ...why })
    }
    try {
      const found = trackOf(track, placeUnits(track, places), repairs)
      if (found) {
        tracks.push(found)
        kinds.add(type)
      } else lost(nothing(track, repairs))
    } catch (error) {
      if (!(error instanceof HeadendError)) throw error
      lost({ code: error.code, reason: error.message })
    }
  }
  const general = read.problemsOf(undefined).map(({ code, message }) => ({ code, reason: message }))
  if (tracks.length === 0) skipped.push(...general.map((why) => ({ file, ...why })))
  return { tracks: withRepairs(tracks, general), kinds, skipped }
}

/** Faults of no stream are told of the first track. */
function withRepairs([first, ...others]: readonly SourceTrack[], general: readonly Repair[]): SourceTrack[] {
  return first ? [{ ...first, repairs: [...first.repairs, ...general] }, ...others] : []
}

function unread({ pid, name, shows }: Stream, file: string): SkippedTrack {
  const common = { file, trackId: pid, type: shows ?? 'data', codec: name }
  if (shows === undefined)
    return {
      ...common,
      code: 'TS_CODEC_UNSUPPORTED',
      reason: `PID ${pid}: expected audio or video, got ${name}`,
    }
  const [known, advice] =
    shows === 'video'
      ? ['H.264 or H.265', 'encode it as H.264 or HEVC']
      : ['AAC, AC-3, E-AC-3 or MP3', 'convert it to AAC']
  return {
    ...common,
    code: 'MP4_CODEC_UNSUPPORTED',
    reason: `PID ${pid}: expected ${shows} in ${known}, got ${name}; ${advice}`,
  }
}

function repairsOf(read: ProgrammeTracks, { stream, left }: StreamUnits): Repair[] {
  const repairs: Repair[] = read
    .problemsOf(stream.pid)
    .filter(({ code }) => !toldElsewhere.has(code))
    .map(({ code, message }) => ({ code, reason: message }))
  const say = (code: Repair['code'], count: number, what: string): void => {
    if (count > 0) repairs.push({ code, reason: `PID ${stream.pid}: ${what.replace('#', String(count))}` })
  }
  say('TS_UNITS_DROPPED', left.damaged, 'expected whole units, got # that lack bytes and are left out')
  say('TS_TIMES', left.misplaced, 'expected units one after the other, got # at times that are not')
  return repairs
}

const toldElsewhere: ReadonlySet<Repair['code']> = new Set(['TS_CODEC_UNSUPPORTED', 'TS_TRACK_EMPTY'])

/** Undefined if nothing of it can be shown. */
function trackOf(
  track: StreamUnits,
  placed: PlacedUnits,
  repairs: readonly Repair[],
): SourceTrack | undefined {
  const { stream, type, columns, fault, run, configs } = track
  if (fault) throw fault
  const { rows, timescale, compositionOffsets, dropped } = placed
  const count = rows.length
  const descriptions = describe(track, rows)
  const start = placed.decodeTimes[0] ?? 0
  const offsets = offsetsOf(run, columns.positions.subarray(0, columns.count))
  const codec = descriptions.found[0]?.codec
  if (!codec) return undefined
  const language = stream.language === undefined ? undefined : bcp47(stream.language)
  const late: Repair = {
    code: 'TS_TIMES',
    reason: `PID ${stream.pid}: expected units one after the other, got ${dropped} at times that are not`,
  }
  return {
    trackId: stream.pid,
    type,
    codec,
    descriptions: descriptions.found,
    timescale,
    ...(language && { language }),
    // What is mixed for some viewers is nobody's default.
    enabled: !stream.audioType,
    alternateGroup: 0,
    ...(stream.language !== undefined && { mdhdLanguage: stream.language }),
    ...displaySize(configs[columns.configs[rows[0] ?? 0] ?? 0]?.codec ?? codec),
    matrix: unityMatrix,
    samples: {
      count,
      sizes: Uint32Array.from(rows, (row) => columns.sizes[row] ?? 0),
      offsets: Float64Array.from(rows, (row) => offsets[row] ?? 0),
      decodeTimes: placed.decodeTimes.map((time) => time - start),
      ...(compositionOffsets.some((offset) => offset !== 0) && { compositionOffsets }),
      ...(type === 'video' && { sync: Uint8Array.from(rows, (row) => columns.syncs[row] ?? 0) }),
      descriptions: descriptions.runs,
    },
    repairs: dropped > 0 ? [...repairs, late] : repairs,
    edit: { shift: Math.max(0, start), mediaStart: Math.max(0, -start), roundingTicks: 0 },
  }
}

/** Why a stream has nothing to show. */
function nothing({ stream, left, type }: StreamUnits, repairs: readonly Repair[]): Repair {
  const where = `PID ${stream.pid}`
  const scrambled = repairs.find(({ code }) => code === 'TS_SCRAMBLED')
  if (scrambled) return { code: 'TS_SCRAMBLED', reason: `${scrambled.reason}; upload it in the clear` }
  const [first] = repairs
  if (!first && left.undecodable + left.damaged + left.misplaced === 0)
    return { code: 'TS_TRACK_EMPTY', reason: `${where}: expected ${type}, got nothing of it` }
  const why = first ? `: ${first.reason}` : ''
  return {
    code: 'TS_UNITS_DROPPED',
    reason: `${where}: expected ${type} that can be decoded, got none${why}; record it anew`,
  }
}

/** As of MP4: one codec throughout, and a key frame where its setup changes. */
function describe(
  { stream, configs, columns, type }: StreamUnits,
  rows: Uint32Array,
): { readonly found: readonly SampleDescription[]; readonly runs: readonly DescriptionRun[] } {
  const found: SampleDescription[] = []
  const runs: DescriptionRun[] = []
  for (const [from, row] of rows.entries()) {
    const index = columns.configs[row] ?? 0
    if (runs.at(-1)?.description === index + 1) continue
    const codec = configs[index]?.codec
    if (!codec) continue
    const before = found.at(-1)
    if (before && fourccOf(before) !== fourccOf({ codec }))
      throw new HeadendError(
        'MP4_DESCRIPTIONS_SEVERAL',
        `PID ${stream.pid}: expected one codec throughout, got ${fourccOf(before)} and, from sample ${from + 1} on, ${fourccOf({ codec })}; encode it anew in one codec`,
      )
    if (before && type === 'video' && columns.syncs[row] !== 1)
      throw new HeadendError(
        'MP4_DESCRIPTION_CHANGE',
        `PID ${stream.pid}: expected a key frame where the setup of the decoder changes, got none at sample ${from + 1}; encode it anew`,
      )
    addDescription(runs, { from, description: index + 1 })
    found.push({ from, codec })
  }
  return { found, runs }
}

const fourccOf = ({ codec }: Pick<SampleDescription, 'codec'>): string =>
  Buffer.from(codec.sampleEntry.subarray(4, 8)).toString('latin1')
