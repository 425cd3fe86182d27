/** Indexes the text tracks of a timeline, from the film itself and from sidecars, cut where video is cut. */
import type { SkippedTrack } from '../../assets/index.ts'
import { HeadendError } from '../../errors.ts'
import {
  ByteWriter,
  segmentLength,
  unityMatrix,
  writeInit,
  writeStpp,
  writeWvtt,
} from '../../formats/isobmff/index.ts'
import { maxCueBytes, webVttHeader } from '../../formats/webvtt/index.ts'
import type { ObjectRef, TrackPlacement } from '../../timeline/placement.ts'
import type { Segment, Track } from '../../timeline/timeline.ts'
import { bcp47 } from '../assets/language.ts'
import { bandwidthOf } from '../indexing/bandwidth.ts'
import { withSteadyRate } from '../indexing/steady-rate.ts'
import type { Source } from '../reading/source.ts'
import { writeSampleIndex, writeTextIndex } from '../storage/sample-index.ts'
import { checkTextBytes, readInterleaving } from './bytes.ts'
import { type TextClock, textClock } from './clock.ts'
import { type TimedText, tx3gCues, wvttCues } from './cues.ts'
import { kindOfText, textNameOf } from './name.ts'
import { cueTimes, type TextMedia, webVttSegments, wvttMedia } from './samples.ts'
import { readSidecar } from './sidecar.ts'
import type { TextTrack } from './track.ts'
import { ttmlMedia, ttmlProfile } from './ttml.ts'

/** A file with text, and the facts its upload states. */
export interface TextFile {
  readonly source: Source
  readonly language?: string
  readonly name?: string
  readonly roles?: readonly string[]
}

/** A text track and its file. */
export interface TextInFile {
  readonly track: TextTrack
  readonly file: TextFile
  /** Its clock was rebased to start at 0. */
  readonly moved?: boolean
}

/** Input of `indexTexts`. */
export interface TextOrder {
  /** Key prefix of the timeline's objects. */
  readonly prefix: string
  readonly tracks: readonly TextInFile[]
  readonly sidecars: readonly TextFile[]
  /** The video and audio tracks, already cut. */
  readonly film: readonly Track[]
  /** Receives everything left out or ignored. */
  readonly skipped: SkippedTrack[]
}

/** A track, its placement, and the objects with its bytes. */
export interface IndexedText {
  readonly track: Track
  readonly placement: TrackPlacement
  readonly objects: readonly {
    readonly key: string
    readonly bytes: Uint8Array
    readonly contentType: string
  }[]
}

/** Indexes the film's own tracks first, then the sidecars, each in their order. */
export async function indexTexts({
  prefix,
  tracks,
  sidecars,
  film,
  skipped,
}: TextOrder): Promise<IndexedText[]> {
  if (tracks.length === 0 && sidecars.length === 0) return []
  const clock = textClock(film)
  const texts: MadeText[] = []
  const keep = async (facts: SkippedFacts, make: () => Promise<MadeText>): Promise<void> => {
    try {
      const text = await make()
      const twin = texts.findIndex((one) => isSame(one, text))
      if (twin < 0) texts.push(text)
      else
        skipped.push({
          ...facts,
          code: 'PACKAGING_TEXT_REPEATED',
          reason: `the same texts as text-${twin + 1}`,
        })
    } catch (error) {
      if (!(error instanceof HeadendError) || error.status >= 500) throw error
      skipped.push({ ...facts, code: error.code, reason: error.message })
    }
  }
  const bytes = await sampleBytes(tracks, skipped)
  for (const one of tracks) {
    const samples = bytes.get(one.track)
    if (samples) await keep(factsOf(one), async () => ofTrack(one, { samples, clock, skipped }))
  }
  for (const file of sidecars)
    await keep({ file: file.source.name, type: 'text' }, () => ofSidecar(file, clock, skipped))
  return texts.map((text, i) => indexed(text, { id: `text-${i + 1}`, prefix, clock }))
}

type SkippedFacts = Omit<SkippedTrack, 'code' | 'reason'>

const factsOf = ({ track, file }: TextInFile): SkippedFacts => ({
  file: file.source.name,
  trackId: track.trackId,
  type: 'text',
  codec: track.text.kind,
})

/** Limit for TTML, whose documents repeat their styles in each sample. */
const maxDocumentBytes = 32 * 2 ** 20

/** Reads all tracks of a file together, as their samples are adjacent. */
async function sampleBytes(
  tracks: readonly TextInFile[],
  skipped: SkippedTrack[],
): Promise<ReadonlyMap<TextTrack, Uint8Array[]>> {
  const found = new Map<TextTrack, Uint8Array[]>()
  for (const file of new Set(tracks.map((one) => one.file))) {
    const wanted = tracks.flatMap((one) => {
      if (one.file !== file) return []
      const { track } = one
      const { samples, text } = track
      const ranges = Array.from(samples.sizes, (length, i) => ({ offset: samples.offsets[i] ?? 0, length }))
      try {
        const most = text.kind === 'stpp' ? maxDocumentBytes : maxCueBytes
        checkTextBytes(ranges, { most, where: `track ${track.trackId}` })
        return [{ track, ranges }]
      } catch (error) {
        if (!(error instanceof HeadendError)) throw error
        skipped.push({ ...factsOf(one), code: error.code, reason: error.message })
        return []
      }
    })
    const bytes = await readInterleaving(
      file.source,
      wanted.flatMap(({ ranges }) => ranges),
    )
    let at = 0
    for (const { track, ranges } of wanted) {
      found.set(track, bytes.slice(at, at + ranges.length))
      at += ranges.length
    }
  }
  return found
}

/** A text track before it is given an id. */
interface MadeText {
  readonly codec: string
  readonly brand?: string
  readonly type: 'text' | 'subtitle'
  readonly sampleEntry: Uint8Array
  readonly media: TextMedia
  /** Its segments as WebVTT, if HLS needs them. */
  readonly webVtt?: readonly Uint8Array[]
  readonly language?: string
  readonly languageTag?: string
  readonly mdhdLanguage?: string
  readonly name?: string
  readonly roles: readonly string[]
  readonly shape?: Pick<TextTrack, 'width' | 'height' | 'matrix'>
}

interface Given {
  readonly samples: readonly Uint8Array[]
  readonly clock: TextClock
  readonly skipped: SkippedTrack[]
}

function ofTrack(one: TextInFile, { samples, clock, skipped }: Given): MadeText {
  const { track, file } = one
  const order = { of: factsOf(one), clock, skipped }
  const language = file.language ?? track.language
  const name = file.name ?? track.name
  const facts = {
    ...(language && { language }),
    ...(track.mdhdLanguage && { mdhdLanguage: track.mdhdLanguage }),
    ...(track.languageTag && { languageTag: track.languageTag }),
    roles: kindOfText(file.roles ?? track.roles),
    ...(name && { name }),
  }
  const { text } = track
  switch (text.kind) {
    case 'tx3g':
      return { ...facts, ...ofCues(tx3gCues(track, text.entry, samples), order) }
    case 'wvtt':
      return { ...facts, ...ofCues(wvttCues(track, text.entry.header, samples), order) }
    case 'stpp': {
      const first = samples.find(({ length }) => length > 0) ?? new Uint8Array(0)
      const to = new ByteWriter()
      writeStpp(to, text.entry)
      return {
        ...facts,
        ...ttmlProfile(text.entry, new TextDecoder().decode(first), track.trackId),
        type: 'subtitle',
        sampleEntry: to.written,
        shape: track,
        media: ttmlMedia(one, samples, clock),
      }
    }
  }
}

async function ofSidecar(file: TextFile, clock: TextClock, skipped: SkippedTrack[]): Promise<MadeText> {
  const { problems, problemCount, ...text } = await readSidecar(file.source)
  const of = { file: file.source.name, type: 'text' }
  if (problemCount > 0) {
    const lines = problems.slice(0, 5).map((one) => `line ${one.line}: ${one.text}`)
    const reason = `${problemCount} passed over, the rest is shown: ${lines.join('; ')}`
    skipped.push({ ...of, code: 'TEXT_CUES_BROKEN', reason })
  }
  const name = textNameOf(file.source.name)
  const language = file.language ?? name.language
  return {
    ...(language && { language, languageTag: language }),
    ...(file.name && { name: file.name }),
    roles: kindOfText(file.roles ?? name.roles),
    ...ofCues(text, { of, clock, skipped }),
  }
}

interface CueOrder {
  /** The source of the cues. */
  readonly of: SkippedFacts
  readonly clock: TextClock
  readonly skipped: SkippedTrack[]
}

function ofCues(
  { styles, regions, cues }: TimedText,
  { of, clock, skipped }: CueOrder,
): Pick<MadeText, 'codec' | 'brand' | 'type' | 'sampleEntry' | 'media' | 'webVtt'> {
  if (cues.length === 0) throw new HeadendError('TEXT_EMPTY', 'expected cues, got none')
  const end = clock.boundaries.at(-1) ?? 0
  const ordered = cues.toSorted((a, b) => a.startMs - b.startMs)
  const times = cueTimes(ordered, clock.timescale)
  const within = ordered.filter((_, i) => (times[i]?.from ?? 0) < end)
  const beyond = ordered.length - within.length
  const film = `the end of the film at ${(end / clock.timescale).toFixed(3)} s`
  if (within.length === 0)
    throw new HeadendError('TEXT_CUES_BEYOND', `expected cues before ${film}, got ${beyond} behind it`)
  if (beyond > 0)
    skipped.push({
      ...of,
      code: 'TEXT_CUES_BEYOND',
      reason: `${beyond} cues start behind ${film}; the rest is shown`,
    })
  const text = { styles, regions, cues: within }
  const to = new ByteWriter()
  writeWvtt(to, { header: webVttHeader(text) })
  return {
    codec: 'wvtt',
    brand: 'cwvt',
    type: 'text',
    sampleEntry: to.written,
    media: wvttMedia(within, clock),
    webVtt: webVttSegments(text, clock),
  }
}

/** Whether two tracks are the same; renditions often carry the same subtitles each. */
const isSame = (a: MadeText, b: MadeText): boolean =>
  a.codec === b.codec &&
  a.language === b.language &&
  a.roles.join() === b.roles.join() &&
  Buffer.compare(a.media.bytes, b.media.bytes) === 0

const configId = '1'
/** Video is 1 and audio 2. */
const textTrackId = 3

interface Place {
  readonly id: string
  readonly prefix: string
  readonly clock: TextClock
}

function indexed(text: MadeText, { id, prefix, clock }: Place): IndexedText {
  const { timescale, discontinuities } = clock
  const entries = text.media.segments.map(({ from, sizes, durations, extents }, i) => {
    const fragment = { sequence: i + 1, trackId: textTrackId, decodeTime: from, sizes, durations }
    return { fragment, extents, cut: 0, bytes: segmentLength(fragment).totalBytes }
  })
  const segments = text.media.segments.map(
    ({ from, to }, i): Segment => ({
      number: i + 1,
      cut: 0,
      start: from,
      duration: to - from,
      bytes: entries[i]?.bytes ?? 0,
      configId,
      sync: true,
      gap: 'none',
      discontinuity: discontinuities.has(from),
    }),
  )
  // HLS sends a segment as WebVTT, DASH in MP4: the bit rate must hold for both.
  const dearest = segments.map((one, i) => ({
    ...one,
    bytes: Math.max(one.bytes, text.webVtt?.[i]?.length ?? 0),
  }))
  const objects: { key: string; bytes: Uint8Array; contentType: string }[] = []
  const put = (file: string, bytes: Uint8Array, contentType = 'application/octet-stream'): ObjectRef => {
    const key = `${prefix}${id}/${file}`
    objects.push({ key, bytes, contentType })
    return { bucket: 'media', key }
  }
  const init = put(`i-${configId}.mp4`, initOf(text, timescale), 'application/mp4')
  const object = put('texts.bin', text.media.bytes)
  const samples = writeSampleIndex(entries)
  const index = put('samples.bin', samples.bytes)
  const webVtt =
    text.webVtt && writeTextIndex(text.webVtt.map((bytes, i) => ({ number: i + 1, cut: 0, bytes })))
  return {
    track: {
      id,
      type: 'text',
      timescale,
      ...(text.language && { language: text.language }),
      ...(text.name && { name: text.name }),
      roles: text.roles,
      bandwidth: withSteadyRate(bandwidthOf(dearest, timescale), entries, timescale),
      configs: [{ id: configId, codec: text.codec }],
      segments,
      before: { segments: 0, discontinuities: 0 },
    },
    placement: {
      type: 'text',
      inits: { [configId]: init },
      sampleIndex: { index, directory: samples.directory, object },
      ...(webVtt && { webVtt: { index: put('webvtt.bin', webVtt.bytes), directory: webVtt.directory } }),
      segments: {},
    },
    objects,
  }
}

function initOf(
  { type, mdhdLanguage, languageTag, language, shape, sampleEntry, brand }: MadeText,
  timescale: number,
): Uint8Array {
  const { width, height, matrix } = shape ?? { width: 0, height: 0, matrix: unityMatrix }
  // `mdhd` holds three letters; a tag they can not express goes into `elng`.
  const threeLetters = mdhdLanguage ?? (language?.length === 3 ? language : undefined)
  const tag = languageTag ?? (threeLetters ? undefined : bcp47(language))
  return writeInit({
    type,
    trackId: textTrackId,
    timescale,
    ...(threeLetters && { language: threeLetters }),
    ...(tag && { languageTag: tag }),
    width,
    height,
    matrix,
    sampleEntry,
    ...(brand && { brands: [brand] }),
    mediaStart: 0,
  })
}
