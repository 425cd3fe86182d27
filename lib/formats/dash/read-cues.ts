/**
 * Cues of an MPD: events of SCTE 35 in its EventStreams (SCTE 214-1 6.7). An event's own time counts, whatever the
 * section in it says. It refuses nothing: what can not be read is said with its reason.
 */
import { HeadendError } from '../../errors.ts'
import { base64Bytes } from '../base64.ts'
import { optional } from '../optional.ts'
import { readSpliceInfoSection, sectionOfNode, writeSpliceInfoSection } from '../scte35/index.ts'
import { attributeOf, childrenOf, contentOf, isNode, localName, type XmlNode } from '../xml/tree.ts'
import { addressingOf } from './addressing.ts'
import { type ReadMpd, type ReadPeriod, readMpd } from './read-mpd.ts'
import { segmentTimes } from './segment-times.ts'

/** A cue. */
export interface MpdCue {
  /** Line of its Event, counted from 1. */
  readonly line: number
  readonly scheme: string
  readonly id?: string
  /** On the presentation timeline of the whole MPD. */
  readonly atSeconds: number
  /** On the clock that the Period's segments count. */
  readonly mediaSeconds: number
  readonly durationSeconds?: number
  readonly section?: Uint8Array
  /** Why the one in it can not be read. */
  readonly unreadable?: string
}

/** What was read, and why some of it could not be. */
export interface MpdCues {
  readonly cues: readonly MpdCue[]
  /** Up to where the last Period lists segments, on the clock that they count. */
  readonly throughSeconds?: number
  readonly problems: readonly { readonly line: number; readonly reason: string }[]
}

/** `xml`, `xml+bin`, `bin`: 2013 and 2014 are met with all of them. */
const scheme = /^urn:scte:scte35:201[34]a?:(?:xml|xml\+bin|bin)$/i

/** More than a break a minute for two days. */
const maxCues = 6000
const maxProblems = 100
/** Segments that are counted to know where the last Period ends. */
const maxSegments = 200_000

/** True if a text may have cues in it: quick, so that MPDs without any cost nothing more. */
export const hasCueEvents = (text: string): boolean => /urn:scte:scte35:/i.test(text)

/** Reads them. */
export function readMpdCues(text: string): MpdCues {
  const problems: { line: number; reason: string }[] = []
  const report = (line: number, reason: string): void => {
    if (problems.length < maxProblems) problems.push({ line, reason })
  }
  const mpd = unless(() => readMpd(text), 1, report)
  if (!mpd) return { cues: [], problems }
  const cues: MpdCue[] = []
  for (const period of mpd.periods)
    for (const stream of childrenOf(period.node, 'EventStream')) {
      const schemeIdUri = attributeOf(stream, 'schemeIdUri') ?? ''
      if (!scheme.test(schemeIdUri)) continue
      const place = unless(() => placeOf(period, stream), stream.line, report)
      if (!place) continue
      for (const event of childrenOf(stream, 'Event')) {
        if (cues.length >= maxCues) {
          report(event.line, `expected at most ${maxCues} events`)
          return { cues, problems }
        }
        const cue = unless(() => cueOf(event, schemeIdUri, place), event.line, report)
        if (cue?.unreadable !== undefined) report(event.line, `Event: ${cue.unreadable}`)
        if (cue) cues.push(cue)
      }
    }
  const through = unless(() => throughOf(mpd), 1, report)
  return { cues, ...optional('throughSeconds', through), problems }
}

function unless<Value>(
  read: () => Value,
  line: number,
  report: (line: number, reason: string) => void,
): Value | undefined {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof HeadendError)) throw error
    report(line, `${error.code}: ${error.message}`)
    return undefined
  }
}

/** Where the events of a stream lie. */
interface Place {
  readonly timescale: bigint
  readonly offset: bigint
  readonly periodSeconds: number
  /** Where the Period begins on the clock of its segments. */
  readonly mediaSeconds: number
}

function placeOf(period: ReadPeriod, stream: XmlNode): Place {
  const timescale = ticksOf(stream, 'timescale') ?? 1n
  if (timescale === 0n) throw new HeadendError('DASH_ATTRIBUTE', 'EventStream@timescale: expected 1 or more')
  const { presentationTimeOffset, timescale: mediaTimescale } = leadOf(period) ?? noMedia
  return {
    timescale,
    offset: ticksOf(stream, 'presentationTimeOffset') ?? 0n,
    periodSeconds: period.startSeconds,
    mediaSeconds: presentationTimeOffset / mediaTimescale,
  }
}

const noMedia = { presentationTimeOffset: 0, timescale: 1 }

function cueOf(
  event: XmlNode,
  schemeIdUri: string,
  { timescale, offset, periodSeconds, mediaSeconds }: Place,
): MpdCue {
  const time = secondsOf((ticksOf(event, 'presentationTime') ?? 0n) - offset, timescale)
  const duration = ticksOf(event, 'duration')
  return {
    line: event.line,
    scheme: schemeIdUri,
    ...optional('id', attributeOf(event, 'id')),
    atSeconds: periodSeconds + time,
    mediaSeconds: mediaSeconds + time,
    ...optional('durationSeconds', duration === undefined ? undefined : secondsOf(duration, timescale)),
    ...sectionIn(event),
  }
}

/** Its elements, or its text or `messageData` as base64 (ISO/IEC 23009-1 5.10.2.3). */
function sectionIn(event: XmlNode): Pick<MpdCue, 'section' | 'unreadable'> {
  try {
    const binary = binaryIn(event)
    if (!binary && event.children.some(isNode))
      return { section: writeSpliceInfoSection(sectionOfNode(event)) }
    const section = base64Bytes(
      binary ? contentOf(binary) : (attributeOf(event, 'messageData') ?? contentOf(event)),
      'Event',
    )
    readSpliceInfoSection(section)
    return { section }
  } catch (error) {
    if (!(error instanceof HeadendError)) throw error
    return { unreadable: `${error.code}: ${error.message}` }
  }
}

/** `Signal/Binary`, of which there are writers in lower case. */
function binaryIn(node: XmlNode): XmlNode | undefined {
  for (const child of node.children) {
    if (!isNode(child)) continue
    const name = localName(child.name).toLowerCase()
    const found = name === 'binary' ? child : name === 'signal' ? binaryIn(child) : undefined
    if (found) return found
  }
  return undefined
}

/** Ticks, exactly: a timescale of 10,000,000 since 1970 is past 2^53. */
function ticksOf(node: XmlNode, name: string): bigint | undefined {
  const text = attributeOf(node, name)?.trim()
  if (text === undefined) return undefined
  if (!/^\d{1,20}$/.test(text))
    throw new HeadendError(
      'DASH_ATTRIBUTE',
      `line ${node.line}: @${name}: expected a whole number, got ${JSON.stringify(text.slice(0, 60))}`,
    )
  return BigInt(text)
}

const secondsOf = (ticks: bigint, timescale: bigint): number =>
  Number(ticks / timescale) + Number(ticks % timescale) / Number(timescale)

/** How the video of a Period is addressed, or what else it has. */
function leadOf({ node }: ReadPeriod) {
  const sets = childrenOf(node, 'AdaptationSet')
  const set =
    sets.find((one) => isVideo(one) || childrenOf(one, 'Representation').some(isVideo)) ?? sets.at(0)
  if (!set) return undefined
  const [representation] = childrenOf(set, 'Representation')
  return addressingOf([...(representation ? [representation] : []), set, node])
}

const isVideo = (node: XmlNode): boolean =>
  attributeOf(node, 'contentType') === 'video' ||
  (attributeOf(node, 'mimeType')?.startsWith('video/') ?? false)

function throughOf(mpd: ReadMpd): number | undefined {
  const period = mpd.periods.at(-1)
  const addressing = period && leadOf(period)
  if (!period || !addressing?.timeline) return undefined
  const last = segmentTimes(addressing, { mpd, period, budget: { left: maxSegments } }).at(-1)
  return last && last.time / addressing.timescale + last.durationSeconds
}
