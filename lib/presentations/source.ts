/** Source of stored presentations, with each clip in its asset's current protection state. */

import {
  askedProtection,
  mediaPlaylistUri,
  type NotGiven,
  type PresentationRequest,
  type PresentationSource,
  protectedPresentation,
  readTimeline,
  signallingOf,
  type TimelineReader,
} from '../delivery/index.ts'
import { type ErrorCodeOf, HeadendError } from '../errors.ts'
import { mapConcurrently } from '../platform/map-concurrently.ts'
import { type Cut, clipsOf } from '../timeline/edit.ts'
import { lengthened, shownSeconds } from '../timeline/even-ends.ts'
import type { Presentation, Protection } from '../timeline/presentation.ts'
import type { CencScheme } from '../timeline/stored-protection.ts'
import type { Timeline } from '../timeline/timeline.ts'
import { type ChannelRange, piecesOf, type ReadRange } from './channel-clip.ts'
import { renditionsShown } from './renditions.ts'
import {
  assetClipsOf,
  contentsOf,
  decodePresentation,
  isOfChannel,
  presentationKey,
  type StoredClip,
  type StoredPresentation,
} from './stored.ts'

/** Reads index rows by content ID, omitting missing ones; throws if one could not be read. */
export type ReadRows = (ids: readonly string[]) => Promise<ReadonlyMap<string, ShownRow>>

/** An index row of published content. */
export interface ShownRow {
  readonly version: string
  /** Name of its protection state; absent in the clear. */
  readonly protection?: string
}

/** The form in which all protected clips are shown. */
interface Form {
  readonly scheme: CencScheme
  readonly identity: boolean
}

/** Timeline and protection of a clip's content. */
interface ShownContent {
  readonly timeline: Timeline
  readonly protection: Protection
  /** Of a channel alone. */
  readonly range?: ChannelRange
}

/** The source of stored presentations, over an index and the channels they show. */
export function storedPresentations(rows: ReadRows, readRange: ReadRange): PresentationSource {
  return {
    prefix: 'presentations/',
    named: '/presentations/<presentationId>',
    async give(request, reader) {
      const { name } = request
      const { presentationId: id } = name
      const unknown = notGiven('PRESENTATION_NOT_FOUND', `${id}: no such presentation`)
      if (name.kind === 'media' && name.form && name.form.name !== '') return unknown
      const version = name.kind === 'media' ? name.version : (await rows([id])).get(id)?.version
      if (version === undefined) return unknown
      const key = presentationKey(id, version)
      const text = await reader.object(key)
      if (text === undefined) return unknown
      const stored = decodePresentation(key, text)
      const contents = contentsOf(stored)
      const found = await rows([id, ...contents])
      // Deleted since: a client that still has the path of a Media Playlist can no longer play it.
      if (!found.has(id)) return unknown
      // A channel has a row if it is protected.
      const gone = assetClipsOf(stored).find(({ timelineId }) => !found.has(timelineId))
      if (gone !== undefined)
        return notGiven('PRESENTATION_ASSET', `${id}: its asset ${gone.timelineId} is gone`)
      const states = contents.flatMap((content) => {
        const state = found.get(content)?.protection
        return state === undefined ? [] : [{ content, state }]
      })
      const form = states.length > 0 ? await formOf(request, states, reader) : undefined
      const shown = new Map(
        await mapConcurrently(contents, async (content) => {
          const state = found.get(content)?.protection
          const one = await shownContent(request, { stored, content, state, form, readRange }, reader)
          return [content, one] as const
        }),
      )
      const missing = contents.find((content) => !shown.get(content))
      if (missing !== undefined)
        return notGiven(
          'PRESENTATION_ASSET',
          `${id}: what it shows of ${missing} is gone, or has not come yet`,
        )
      const presentation = presentationOf(request, stored, shown)
      if (presentation.clips.length === 0)
        return notGiven('PRESENTATION_ASSET', `${id}: nothing of it has come yet; try again in some seconds`)
      return {
        presentation,
        mediaUri: (rendition) => mediaPlaylistUri(version, rendition.id, form && { ...form, name: '' }),
        cache: presentation.kind === 'vod' ? 'changing' : 'live',
      }
    },
  }
}

const notGiven = (code: ErrorCodeOf<404>, message: string): NotGiven => ({ code, message })

interface ProtectedContent {
  readonly content: string
  readonly state: string
}

const protocolOf = ({ name }: PresentationRequest): 'hls' | 'dash' => (name.kind === 'mpd' ? 'dash' : 'hls')

/** The requested form, else the protocol's usual scheme, else the other one: it must be offered for all content. */
async function formOf(
  request: PresentationRequest,
  states: readonly ProtectedContent[],
  reader: TimelineReader,
): Promise<Form> {
  const { name, query } = request
  const protocol = protocolOf(request)
  const asked = name.kind === 'media' ? name.form : askedProtection('', query)
  const identity = asked?.identity ?? false
  const offers = (scheme: CencScheme) =>
    mapConcurrently(states, ({ content, state }) =>
      signallingOf(reader, content, { name: state, scheme, identity }, protocol),
    )
  if (asked?.scheme !== undefined) {
    await offers(asked.scheme)
    return { scheme: asked.scheme, identity }
  }
  const usual: readonly CencScheme[] = protocol === 'hls' ? ['cbcs', 'cenc'] : ['cenc', 'cbcs']
  for (const scheme of usual) {
    try {
      await offers(scheme)
      return { scheme, identity }
    } catch (error) {
      if (!(error instanceof HeadendError && notOffered.has(error.code))) throw error
    }
  }
  throw new HeadendError(
    'SYSTEM_UNAVAILABLE',
    `${name.presentationId}: expected a scheme that all its protected assets are offered in, got none; change their policies`,
    { status: 404 },
  )
}

const notOffered: ReadonlySet<string> = new Set(['SCHEME_UNAVAILABLE', 'SYSTEM_UNAVAILABLE'])

interface ToShow {
  readonly stored: StoredPresentation
  readonly content: string
  /** Name of the protection state; absent in the clear. */
  readonly state: string | undefined
  readonly form: Form | undefined
  readonly readRange: ReadRange
}

/**
 * A content item's timeline with the parts the manifest needs, protected; undefined if it or its protection is missing.
 */
async function shownContent(
  request: PresentationRequest,
  { stored, content, state, form, readRange }: ToShow,
  reader: TimelineReader,
): Promise<ShownContent | undefined> {
  const { name } = request
  const signalled = async () =>
    state === undefined || !form
      ? undefined
      : signallingOf(reader, content, { ...form, name: state }, protocolOf(request))
  const ofChannel = stored.clips.filter(isOfChannel).filter(({ timelineId }) => timelineId === content)
  const [channelClip] = ofChannel
  if (channelClip) {
    const signalling = await signalled()
    // A protection state that cannot be read must not look like no protection.
    if (state !== undefined && !signalling) return undefined
    const asked = {
      id: content,
      version: channelClip.version,
      from: Math.min(...ofChannel.map(({ from }) => from)),
      to: Math.max(...ofChannel.map(({ to }) => to)),
      trackId: name.kind === 'media' ? (channelClip.tracks[name.renditionId] ?? name.renditionId) : undefined,
      signalling,
      isMpd: name.kind === 'mpd',
      tellsBreaks: ofChannel.every(({ breaks }) => breaks === 'keep'),
    }
    const range = await readRange(asked, reader)
    return range && { ...range, range }
  }
  const clips = assetClipsOf(stored).filter(({ timelineId }) => timelineId === content)
  const [first] = clips
  if (!first) return undefined
  const needed = (one: StoredClip): readonly string[] =>
    name.kind === 'media' ? [one.tracks[name.renditionId] ?? []].flat() : Object.values(one.tracks)
  const trackIds = [...new Set(clips.flatMap(needed))]
  const [read, signalling] = await Promise.all([
    readTimeline(reader, { timelineId: content, version: first.version, trackIds }),
    signalled(),
  ])
  if (!read || (state !== undefined && !signalling)) return undefined
  return signalling
    ? protectedPresentation(read, signalling)
    : { timeline: read.timeline, protection: { scheme: 'clear' } }
}

type Shown = ReadonlyMap<string, ShownContent | undefined>

function presentationOf(
  { name }: PresentationRequest,
  stored: StoredPresentation,
  shown: Shown,
): Presentation {
  const { id, timescale, targetSeconds } = stored
  const { cuts: whole, isWhole } = cutsOf(stored, shown)
  const isUneven = isWhole && name.kind === 'media' && stored.clips.some(isOfChannel)
  const cuts = isUneven ? evenEnded(whole, name.renditionId) : whole
  const reference = shown.get(stored.reference)?.timeline
  const all = reference ? renditionsShown(reference, cuts) : []
  const renditions = name.kind === 'media' ? all.filter((one) => one.id === name.renditionId) : all
  const frame = { timescale, targetSeconds, renditions }
  const clips = clipsOf(frame, cuts)
  const { publishedMs, clockUrl } = [...shown.values()].find((one) => one?.range)?.range ?? {}
  const hasGrown = stored.clips.some((clip) => isOfChannel(clip) && clip.grows)
  const first = clips.find(({ timeline }) => shown.get(timeline.id)?.range)
  return {
    id,
    kind: isWhole ? 'vod' : 'event',
    ...(isWhole && hasGrown && { hasGrown }),
    ...frame,
    clips,
    ...(publishedMs !== undefined && { publishedMs }),
    ...(clockUrl !== undefined && { clockUrl }),
    // HLS is dated by the channel's own clock, which goes on where a break is left out.
    ...(name.kind === 'mpd' &&
      (hasGrown || !isWhole) &&
      first && { epochMs: Math.floor(first.from) - Math.ceil((first.at * 1000) / timescale) }),
  }
}

/** Cuts of a rendition that is audio with its last one as much longer, or shorter, as all last as long as the video. */
function evenEnded(cuts: readonly ShownCut[], renditionId: string): readonly ShownCut[] {
  const shown = cuts.map((cut) => {
    const track = cut.timeline.tracks.find(({ id }) => id === cut.tracks[renditionId])
    return track?.type === 'audio' ? { ...cut, track } : undefined
  })
  const apart = cuts.reduce((sum, { from, to, timeline }, i) => {
    const one = shown[i]
    return sum + (to - from) / timeline.timescale - (one ? shownSeconds(one) : 0)
  }, 0)
  const last = shown.at(-1)
  const [lastCut] = cuts.slice(-1)
  if (!last || !lastCut) return cuts
  return [...cuts.slice(0, -1), { ...lastCut, timeline: lengthened(last, apart) }]
}

/** A cut whose end and tracks are known. */
type ShownCut = Cut & Required<Pick<Cut, 'to' | 'tracks'>>

/** What is shown, in order, up to where something has not come yet. */
function cutsOf(
  { clips, reference }: StoredPresentation,
  shown: Shown,
): { readonly cuts: readonly ShownCut[]; readonly isWhole: boolean } {
  const cuts: ShownCut[] = []
  const add = (clip: StoredClip, { from, to }: Pick<StoredClip, 'from' | 'to'>): void => {
    const { timelineId, tracks: named, role } = clip
    const content = shown.get(timelineId)
    if (!content) return
    const { timeline, protection } = content
    // Tracks that cannot be protected have been removed from the timeline; a channel's key frames are not stored.
    const trick = timelineId === reference ? timeline.tracks.filter(({ trickOf }) => trickOf) : []
    const tracks = Object.fromEntries([
      ...Object.entries(named).filter(([, track]) => timeline.tracks.some((one) => one.id === track)),
      ...trick.map((track) => [track.id, track.id] as const),
    ])
    cuts.push({ timeline, from, to, role, tracks, protection: ofRenditions(protection, tracks) })
  }
  for (const clip of clips) {
    const range = shown.get(clip.timelineId)?.range
    if (!isOfChannel(clip)) add(clip, clip)
    else if (range) {
      const { tracks } = range.timeline
      const lead = tracks.find(({ type, trickOf }) => type === 'video' && !trickOf) ?? tracks[0]
      const { pieces, isWhole } = piecesOf(clip, lead ?? { segments: [], timescale: 1 }, range)
      for (const piece of pieces)
        if (piece === 'replacements') for (const one of clip.replacements) add(one, one)
        else add(clip, piece)
      if (!isWhole) return { cuts, isWhole }
    }
  }
  return { cuts, isWhole: true }
}

/** Converts key labels from track IDs to rendition IDs. */
function ofRenditions(protection: Protection, tracks: Readonly<Record<string, string>>): Protection {
  if (protection.scheme === 'clear') return protection
  const labels = Object.entries(tracks).flatMap(([rendition, track]) => {
    const label = protection.labels[track]
    return label === undefined ? [] : [[rendition, label] as const]
  })
  return { ...protection, labels: Object.fromEntries(labels) }
}
