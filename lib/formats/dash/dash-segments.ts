/**
 * Lists every segment of an MPD in the form of players' HLS-style parsers: playlists for video, media groups for audio
 * and text, Periods concatenated with a discontinuity between them. Images have no place in that form.
 */
import { attributeOf, childOf, childrenOf, contentOf, type XmlNode } from '../xml/tree.ts'
import { captionServices } from './caption-services.ts'
import { type ListedContentProtection, listedProtections } from './listed-protections.ts'
import { type ReadMpd, readMpd } from './read-mpd.ts'
import { type ListedRepresentation, type ListedSegment, type ListOptions, segmentsOf } from './segments-of.ts'

/** The whole MPD. */
export interface DashSegments {
  readonly allowCache: true
  readonly uri: ''
  /** Seconds; 0 if the MPD does not say. */
  readonly duration: number
  readonly endList: true
  readonly segments: readonly never[]
  readonly discontinuityStarts: readonly never[]
  readonly timelineStarts: readonly TimelineStart[]
  readonly mediaGroups: {
    readonly AUDIO: MediaGroup
    readonly VIDEO: MediaGroup
    readonly SUBTITLES: MediaGroup
    readonly 'CLOSED-CAPTIONS': Readonly<Record<string, Readonly<Record<string, object>>>>
  }
  readonly playlists: readonly DashPlaylist[]
  readonly locations?: readonly string[]
  /** Milliseconds. */
  readonly minimumUpdatePeriod?: number
  /** Seconds; dynamic only. */
  readonly suggestedPresentationDelay?: number
}

type MediaGroup = Readonly<Record<string, Readonly<Record<string, DashRendition>>>>

/** Audio or text of one language and role. */
export interface DashRendition {
  readonly language: string
  readonly autoselect: boolean
  default: boolean
  readonly playlists: DashPlaylist[]
  readonly uri: ''
}

/** A Representation across all Periods that have it. */
export interface DashPlaylist {
  readonly attributes: Readonly<Record<string, unknown>>
  readonly uri: ''
  readonly endList: boolean
  readonly timeline: number
  readonly resolvedUri: string
  readonly targetDuration: number
  readonly mediaSequence: number
  readonly discontinuitySequence: number
  /** Indexes of the segments that begin a Period, except the first. */
  readonly discontinuityStarts: readonly number[]
  readonly timelineStarts: readonly TimelineStart[]
  readonly segments: readonly DashSegment[]
  readonly contentProtection?: Readonly<Record<string, ListedContentProtection>>
  readonly sidx?: object
}

/** A segment; `timeline` is the start of its Period, `number` its index in the playlist. */
export interface DashSegment {
  readonly uri: string
  readonly resolvedUri: string
  readonly timeline: number
  readonly duration: number
  readonly number: number
  readonly presentationTime: number
  readonly discontinuity?: true
  readonly byterange?: object
  readonly map?: object
}

interface TimelineStart {
  readonly start: number
  readonly timeline: number
}

/** Lists the segments of an MPD. */
export function dashSegments(text: string, options: ListOptions = {}): DashSegments {
  const mpd = readMpd(text)
  const { root } = mpd.document
  const joined = join(segmentsOf(mpd, options))
  const kinds = {
    video: joined.filter(isKind('video')),
    audio: joined.filter(isKind('audio')),
    text: joined.filter(isKind('text')),
  }
  const all = [...kinds.video, ...kinds.audio, ...kinds.text]
  const timelineStarts = [
    ...new Map(all.flatMap(starts).map((start) => [start.timeline, start])).values(),
  ].toSorted((a, b) => a.timeline - b.timeline)
  const context = { mpd, timelineStarts, isAudioOnly: kinds.video.length === 0 }
  const captions = captionServices(
    childrenOf(root, 'Period').flatMap((period) => childrenOf(period, 'AdaptationSet')),
  )
  const locations = childrenOf(root, 'Location').map(contentOf)
  return {
    allowCache: true,
    uri: '',
    duration: mpd.durationSeconds ?? 0,
    endList: true,
    segments: [],
    discontinuityStarts: [],
    timelineStarts,
    mediaGroups: {
      AUDIO: kinds.audio.length > 0 ? { audio: audioGroup(kinds.audio, context) } : {},
      VIDEO: {},
      'CLOSED-CAPTIONS': captions ? { cc: captions } : {},
      SUBTITLES: kinds.text.length > 0 ? { subs: textGroup(kinds.text, context) } : {},
    },
    playlists: kinds.video.map((run) => playlist(run, videoAttributes(run.first), context)),
    ...(locations.length > 0 && { locations }),
    ...(mpd.minimumUpdateSeconds !== undefined && { minimumUpdatePeriod: mpd.minimumUpdateSeconds * 1000 }),
    ...(mpd.type === 'dynamic' &&
      mpd.suggestedDelaySeconds !== undefined && { suggestedPresentationDelay: mpd.suggestedDelaySeconds }),
  }
}

/** The parts of a Representation in its Periods. */
interface Joined {
  readonly first: ListedRepresentation
  readonly parts: ListedRepresentation[]
}

interface Context {
  readonly mpd: ReadMpd
  readonly timelineStarts: readonly TimelineStart[]
  readonly isAudioOnly: boolean
}

/** Joins parts with the same id, language and location. */
function join(representations: readonly ListedRepresentation[]): Joined[] {
  const byLocation = new Map<string, Map<string, Joined>>()
  for (const part of representations) {
    const group = byLocation.get(part.baseUrl) ?? new Map<string, Joined>()
    byLocation.set(part.baseUrl, group)
    const name = `${kindOf(part)} ${attributeOf(part.node, 'id')} ${attributeOf(part.adaptationSet, 'lang') ?? ''}`
    const joined = group.get(name)
    if (joined) joined.parts.push(part)
    else group.set(name, { first: part, parts: [part] })
  }
  return [...byLocation.values()].flatMap((group) => Array.from(group.values()))
}

function kindOf({ node, adaptationSet }: ListedRepresentation): 'video' | 'audio' | 'text' | undefined {
  const get = (name: string) => attributeOf(node, name) ?? attributeOf(adaptationSet, name) ?? ''
  const [type, mime] = [get('contentType'), get('mimeType')]
  if (type === 'video' || mime.startsWith('video/')) return 'video'
  if (type === 'audio' || mime.startsWith('audio/')) return 'audio'
  const isText = mime === 'text/vtt' || mime === 'application/ttml+xml' || /^(stpp|wvtt)/.test(get('codecs'))
  return type === 'text' || isText ? 'text' : undefined
}

function isKind(kind: 'video' | 'audio' | 'text') {
  return ({ first }: Joined) => kindOf(first) === kind
}

function starts({ parts }: Joined): TimelineStart[] {
  return parts.map(({ period: { startSeconds } }) => ({ start: startSeconds, timeline: startSeconds }))
}

function playlist(run: Joined, attributes: object, { mpd, timelineStarts }: Context): DashPlaylist {
  const { first, parts } = run
  const segments: DashSegment[] = []
  const discontinuityStarts: number[] = []
  for (const part of parts) {
    if (part !== first && part.segments.length > 0) discontinuityStarts.push(segments.length)
    part.segments.forEach((segment, i) => {
      const number = segments.length
      segments.push(listed(segment, part, number, part !== first && i === 0))
    })
  }
  const timeline = first.period.startSeconds
  const protections = parts.map(({ adaptationSet }) => listedProtections(adaptationSet)).findLast(Boolean)
  return {
    attributes: {
      ...attributes,
      ...(first.serviceLocation !== undefined && { serviceLocation: first.serviceLocation }),
    },
    uri: '',
    endList: mpd.type === 'static',
    timeline,
    resolvedUri: first.baseUrl,
    targetDuration: first.targetSeconds,
    mediaSequence: 0,
    discontinuitySequence: timelineStarts.findIndex((start) => start.timeline === timeline),
    discontinuityStarts,
    timelineStarts: starts(run),
    segments,
    ...(protections && { contentProtection: protections }),
    ...(first.index && {
      sidx: {
        ...located(first.index),
        duration: first.targetSeconds,
        timeline,
        presentationTime: timeline,
        number: 0,
      },
    }),
  }
}

function listed(
  segment: ListedSegment,
  part: ListedRepresentation,
  number: number,
  isBreak: boolean,
): DashSegment {
  return {
    ...located(segment),
    timeline: part.period.startSeconds,
    duration: segment.durationSeconds,
    number,
    presentationTime: segment.startSeconds,
    ...(isBreak && { discontinuity: true }),
    ...(segment.init && { map: located(segment.init) }),
  }
}

function located({ uri, resolvedUri, byteRange }: ListedSegment | NonNullable<ListedSegment['init']>) {
  return {
    uri,
    resolvedUri,
    ...(byteRange && { byterange: { length: byteRange.length, offset: byteRange.offset } }),
  }
}

function commonAttributes({ node, adaptationSet }: ListedRepresentation) {
  const codecs = attributeOf(node, 'codecs') ?? attributeOf(adaptationSet, 'codecs')
  return {
    NAME: attributeOf(node, 'id'),
    BANDWIDTH: Number(attributeOf(node, 'bandwidth') ?? 0),
    ...(codecs !== undefined && { CODECS: codecs }),
    'PROGRAM-ID': 1,
  }
}

function videoAttributes(representation: ListedRepresentation) {
  const get = (name: string) =>
    attributeOf(representation.node, name) ?? attributeOf(representation.adaptationSet, name)
  const rate = get('frameRate')?.split('/').map(Number)
  const [width, height] = [get('width'), get('height')]
  return {
    ...commonAttributes(representation),
    AUDIO: 'audio',
    SUBTITLES: 'subs',
    ...(width !== undefined &&
      height !== undefined && { RESOLUTION: { width: Number(width), height: Number(height) } }),
    ...(rate && { 'FRAME-RATE': (rate[0] ?? 0) / (rate[1] ?? 1) }),
  }
}

function audioGroup(runs: readonly Joined[], context: Context): Record<string, DashRendition> {
  const group: Record<string, DashRendition> = {}
  for (const run of runs) {
    const { adaptationSet } = run.first
    const language = attributeOf(adaptationSet, 'lang') ?? ''
    const role = roleOf(adaptationSet)
    const spoken = language === '' ? 'main' : role === '' ? language : `${language} (${role})`
    const rendition = (group[labelOf(adaptationSet) ?? spoken] ??= {
      language,
      autoselect: true,
      default: role === 'main',
      playlists: [],
      uri: '',
    })
    const attributes = {
      ...commonAttributes(run.first),
      ...(context.isAudioOnly && { AUDIO: 'audio', SUBTITLES: 'subs' }),
    }
    rendition.playlists.push(playlist(run, attributes, context))
  }
  const [first, ...others] = Object.values(group)
  if (first && ![first, ...others].some((rendition) => rendition.default)) first.default = true
  return group
}

function textGroup(runs: readonly Joined[], context: Context): Record<string, DashRendition> {
  const group: Record<string, DashRendition> = {}
  for (const run of runs) {
    const { adaptationSet } = run.first
    const language = attributeOf(adaptationSet, 'lang')
    const rendition = (group[labelOf(adaptationSet) ?? language ?? 'text'] ??= {
      language: language ?? 'und',
      autoselect: false,
      default: false,
      playlists: [],
      uri: '',
    })
    rendition.playlists.push(playlist(run, commonAttributes(run.first), context))
  }
  return group
}

function roleOf(adaptationSet: XmlNode): string {
  return attributeOf(childOf(adaptationSet, 'Role'), 'value') ?? ''
}

function labelOf(adaptationSet: XmlNode): string | undefined {
  const label = childOf(adaptationSet, 'Label')
  return label && contentOf(label)
}
