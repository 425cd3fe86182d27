/** Source of stored presentations, with each clip in its asset's current protection state. */

import {
  askedProtection,
  mediaPlaylistUri,
  type NotGiven,
  type PresentationRequest,
  type PresentationSource,
  protectedPresentation,
  type ReadRange,
  readTimeline,
  signallingOf,
  type TimelineReader,
} from '../delivery/index.ts'
import { type ErrorCodeOf, HeadendError } from '../errors.ts'
import { mapConcurrently } from '../platform/map-concurrently.ts'
import type { CencScheme } from '../timeline/stored-protection.ts'
import { presentationOf, type ShownContent } from './show.ts'
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
