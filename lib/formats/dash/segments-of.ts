/** Lists every segment of every Representation in an MPD. */
import { optional } from '../optional.ts'
import { attributeOf, childOf, childrenOf, contentOf, type XmlNode } from '../xml/tree.ts'
import { type Addressing, addressingOf, inherited, inheritedChildren } from './addressing.ts'
import type { ReadMpd, ReadPeriod } from './read-mpd.ts'
import { type SegmentTime, segmentTimes, type TimeContext } from './segment-times.ts'
import { resolveUrl } from './url.ts'
import { fillTemplate } from './url-template.ts'

/** A Representation in one Period, at one of its locations. */
export interface ListedRepresentation {
  readonly period: ReadPeriod
  readonly adaptationSet: XmlNode
  readonly node: XmlNode
  readonly baseUrl: string
  readonly serviceLocation?: string
  /** The segment's @duration, or the longest one of the timeline, in whole seconds. */
  readonly targetSeconds: number
  readonly segments: readonly ListedSegment[]
  /** The segment index, if the segments are parts of one file. */
  readonly index?: SegmentResource
}

/** A segment. */
export interface ListedSegment extends SegmentTime, SegmentResource {
  readonly init?: SegmentResource
}

/** A resource: `uri` as in the MPD, and resolved against the base URLs. */
export interface SegmentResource {
  readonly uri: string
  readonly resolvedUri: string
  readonly byteRange?: { readonly offset: number; readonly length: number }
}

/** The MPD's location, and the time of reading, which determines live segments that are not listed. */
export interface ListOptions {
  /** @default none: URLs stay relative if the MPD has no base */
  readonly baseUrl?: string
  /** @default the MPD's own publishTime */
  readonly nowMs?: number
}

/** The Representations in the order of the MPD. */
export function segmentsOf(mpd: ReadMpd, { baseUrl = '', nowMs }: ListOptions = {}): ListedRepresentation[] {
  const budget = { left: MAX_SEGMENTS }
  const { root } = mpd.document
  const locations = locationsOf([{ url: baseUrl }], root)
  const listed: ListedRepresentation[] = []
  for (const period of mpd.periods) {
    const context: TimeContext = { mpd, period, budget, ...(nowMs !== undefined && { nowMs }) }
    const periodLocations = locationsOf(locations, period.node)
    for (const adaptationSet of childrenOf(period.node, 'AdaptationSet')) {
      const setLocations = locationsOf(periodLocations, adaptationSet)
      for (const node of childrenOf(adaptationSet, 'Representation')) {
        const addressing = addressingOf([node, adaptationSet, period.node])
        for (const location of locationsOf(setLocations, node)) {
          listed.push({
            period,
            adaptationSet,
            node,
            baseUrl: location.url,
            ...(location.service !== undefined && { serviceLocation: location.service }),
            ...segmentsAt(addressing, node, location.url, context),
          })
        }
      }
    }
  }
  return listed
}

/** 48 hours of 2 s segments in ten renditions are 864,000. */
const MAX_SEGMENTS = 1_000_000
/** The maximum number of alternative locations of a Representation; more are ignored. */
const MAX_LOCATIONS = 64

interface Location {
  readonly url: string
  readonly service?: string
}

/** Combines every BaseURL of an element with every inherited one (5.6.4). */
function locationsOf(above: readonly Location[], node: XmlNode): readonly Location[] {
  const own = childrenOf(node, 'BaseURL')
  if (own.length === 0) return above
  const locations: Location[] = []
  for (const { url, service } of above) {
    for (const element of own) {
      const name = attributeOf(element, 'serviceLocation') ?? service
      locations.push({ url: resolveUrl(url, contentOf(element)), ...optional('service', name) })
    }
  }
  return locations.slice(0, MAX_LOCATIONS)
}

type Listing = Pick<ListedRepresentation, 'segments' | 'targetSeconds' | 'index'>

function segmentsAt(addressing: Addressing, node: XmlNode, base: string, context: TimeContext): Listing {
  if (addressing.kind === 'base' || addressing.kind === 'none')
    return wholeResource(addressing, base, context)
  const times = segmentTimes(addressing, context)
  const { durationTicks, timescale } = addressing
  const longest = times.reduce((most, { durationSeconds }) => Math.max(most, Math.ceil(durationSeconds)), 0)
  const targetSeconds = durationTicks > 0 ? durationTicks / timescale : longest
  const segments =
    addressing.kind === 'template'
      ? fromTemplate(addressing, node, base, times)
      : fromList(addressing, base, times)
  return { segments, targetSeconds }
}

function fromTemplate(
  addressing: Addressing,
  node: XmlNode,
  base: string,
  times: readonly SegmentTime[],
): ListedSegment[] {
  const id = attributeOf(node, 'id')
  const fixed = {
    ...(id !== undefined && { RepresentationID: id }),
    Bandwidth: Number(attributeOf(node, 'bandwidth') ?? 0),
  }
  const media = inherited(addressing, 'media') ?? ''
  const template = inherited(addressing, 'initialization')
  const init =
    template === undefined
      ? initializationOf(addressing, base)
      : resource(base, fillTemplate(template, fixed), undefined)
  return times.map((time) => ({
    ...time,
    ...resource(base, fillTemplate(media, { ...fixed, Number: time.number, Time: time.time }), undefined),
    ...(init && { init }),
  }))
}

function fromList(addressing: Addressing, base: string, times: readonly SegmentTime[]): ListedSegment[] {
  const init = initializationOf(addressing, base)
  const urls = inheritedChildren(addressing, 'SegmentURL')
  return urls.slice(0, times.length).flatMap((url, i) => {
    const time = times[i]
    const found = resource(base, attributeOf(url, 'media') ?? '', attributeOf(url, 'mediaRange'))
    return time ? [{ ...time, ...found, ...(init && { init }) }] : []
  })
}

/** One entry for a whole resource: a segment, or, with an index, all that it lists. */
function wholeResource(addressing: Addressing, base: string, { period }: TimeContext): Listing {
  const { startSeconds, durationSeconds = 0 } = period
  const time = { number: 0, time: addressing.presentationTimeOffset, durationSeconds, startSeconds }
  const init =
    addressing.kind === 'base'
      ? (initializationOf(addressing, base) ?? resource(base, '', undefined))
      : undefined
  const indexRange = inherited(addressing, 'indexRange')
  const own = { uri: base, resolvedUri: base }
  return indexRange === undefined
    ? { segments: [{ ...time, ...own, ...(init && { init }) }], targetSeconds: durationSeconds }
    : { segments: [], targetSeconds: durationSeconds, index: { ...own, ...rangeOf(indexRange) } }
}

function initializationOf(addressing: Addressing, base: string): SegmentResource | undefined {
  const element = addressing.levels
    .map((level) => childOf(level, 'Initialization'))
    .find((child) => child !== undefined)
  return element && resource(base, attributeOf(element, 'sourceURL') ?? '', attributeOf(element, 'range'))
}

function resource(base: string, uri: string, range: string | undefined): SegmentResource {
  return { uri, resolvedUri: resolveUrl(base, uri), ...rangeOf(range) }
}

/** `first-last`, both included (RFC 7233 2.1). */
function rangeOf(range: string | undefined): Pick<SegmentResource, 'byteRange'> {
  const match = /^\s*(\d{1,15})-(\d{1,15})\s*$/.exec(range ?? '')
  if (!match) return {}
  const [first, last] = [Number(match[1]), Number(match[2])]
  return last >= first ? { byteRange: { offset: first, length: last - first + 1 } } : {}
}
