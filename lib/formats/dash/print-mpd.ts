/** Prints an MPD (ISO/IEC 23009-1 5.3.1) in schema order; the same data always gives the same bytes. */
import { escapeText, printXml, type XmlElement } from '../xml/print.ts'
import { adaptationSet } from './adaptation-set.ts'
import { descriptors } from './descriptor.ts'
import { eventStreams } from './event-stream.ts'
import type { ContentProtection, Mpd, Period } from './mpd.ts'
import { dateTimeText, durationText } from './time.ts'

/** The document; namespaces of other schemas are declared only if used. */
export const printMpd = (mpd: Mpd): string => printXml(mpdElement(mpd))

/** The namespace of MPDs. */
export const mpdNamespace = 'urn:mpeg:dash:schema:mpd:2011'

/** The root element. */
export function mpdElement(mpd: Mpd): XmlElement {
  return {
    name: 'MPD',
    attributes: {
      xmlns: mpdNamespace,
      ...namespaces(mpd),
      id: mpd.id,
      profiles: mpd.profiles.join(','),
      type: mpd.type,
      availabilityStartTime: dateTime('MPD@availabilityStartTime', mpd.availabilityStartMs),
      publishTime: dateTime('MPD@publishTime', mpd.publishMs),
      mediaPresentationDuration: duration('MPD@mediaPresentationDuration', mpd.durationSeconds),
      minimumUpdatePeriod: duration('MPD@minimumUpdatePeriod', mpd.minimumUpdateSeconds),
      minBufferTime: durationText('MPD@minBufferTime', mpd.minBufferSeconds),
      timeShiftBufferDepth: duration('MPD@timeShiftBufferDepth', mpd.timeShiftBufferSeconds),
      suggestedPresentationDelay: duration('MPD@suggestedPresentationDelay', mpd.suggestedDelaySeconds),
      maxSegmentDuration: duration('MPD@maxSegmentDuration', mpd.maxSegmentSeconds),
    },
    children: [
      ...(mpd.title === undefined
        ? []
        : [{ name: 'ProgramInformation', children: [{ name: 'Title', children: [escapeText(mpd.title)] }] }]),
      ...(mpd.baseUrls ?? []).flatMap((base) => url('BaseURL', base)),
      ...url('Location', mpd.updateUrl),
      ...url('PatchLocation', mpd.patchUrl),
      ...mpd.periods.map(period),
      ...descriptors('UTCTiming', mpd.utcTimings),
    ],
  }
}

const url = (name: string, text: string | undefined): XmlElement[] =>
  text === undefined ? [] : [{ name, children: [escapeText(text)] }]

function period(facts: Period): XmlElement {
  return {
    name: 'Period',
    attributes: {
      id: facts.id,
      start: durationText('Period@start', facts.startSeconds),
      duration: duration('Period@duration', facts.durationSeconds),
    },
    children: [
      ...descriptors('AssetIdentifier', facts.assetIdentifier && [facts.assetIdentifier]),
      ...eventStreams(facts.eventStreams),
      ...facts.adaptationSets.map(adaptationSet),
      ...descriptors('SupplementalProperty', facts.supplemental),
    ],
  }
}

function duration(what: string, seconds: number | undefined): string | undefined {
  return seconds === undefined ? undefined : durationText(what, seconds)
}

function dateTime(what: string, epochMs: number | undefined): string | undefined {
  return epochMs === undefined ? undefined : dateTimeText(what, epochMs)
}

function namespaces({ periods }: Mpd): Record<string, string> {
  const protections = periods.flatMap(({ adaptationSets }) =>
    adaptationSets.flatMap((set) => set.protections ?? []),
  )
  const uses = (has: (protection: ContentProtection) => unknown) =>
    protections.some((protection) => has(protection) !== undefined)
  return {
    ...((uses((p) => p.defaultKid) || uses((p) => p.pssh)) && { 'xmlns:cenc': 'urn:mpeg:cenc:2013' }),
    ...(uses((p) => p.pro) && { 'xmlns:mspr': 'urn:microsoft:playready' }),
    ...(uses((p) => p.licenceUrl) && { 'xmlns:dashif': 'https://dashif.org/CPS' }),
    ...(periods.some(usesSupplementalCodecs) && { 'xmlns:scte214': 'urn:scte:dash:scte214-extensions' }),
    ...(periods.some(usesScte35) && { 'xmlns:scte35': 'http://www.scte.org/schemas/35/2016' }),
  }
}

const usesSupplementalCodecs = ({ adaptationSets }: Period): boolean =>
  adaptationSets.some(({ representations }) =>
    representations.some(({ supplementalCodecs }) => supplementalCodecs !== undefined),
  )

/** True for an event whose markup uses the prefix without declaring it (SCTE 214-1 6.7.3). */
function usesScte35({ eventStreams: streams = [] }: Period): boolean {
  return streams.some(({ events }) =>
    events.some(({ xml }) => xml?.includes('<scte35:') && !xml.includes('xmlns:scte35=')),
  )
}
