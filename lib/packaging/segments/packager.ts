/** Handles media requests: builds init and media segments on request, always the same bytes. */
import { answered } from '../../platform/http/error-response.ts'
import { liveTrack } from '../../timeline/live/placement.ts'
import { type MediaName, parseMediaPath } from '../../timeline/media-path.ts'
import type { TrackPlacement } from '../../timeline/placement.ts'
import { timelinePrefix } from '../../timeline/stored.ts'
import { parsePlacement } from '../storage/stored-placement.ts'
import { archivedReader } from './archived-reader.ts'
import { type PackagerPorts, type PackagerState, packagerState } from './caches.ts'
import { clearLeadOf, refusalOf } from './encryption/protected-media.ts'
import { findInit, findSegment, findWebVtt } from './find-clear.ts'
import { findProtected } from './find-protected.ts'
import { type Found, type MediaAnswer, type MediaRequest, refused, send } from './media-answer.ts'
import type { MediaProtectionRule } from './media-rights.ts'
import { isGone, Refusal, unknownMedia } from './refusal.ts'

/** A packager with its caches. */
export interface Packager {
  /** Handles any request. `log` is called for errors that are not refusals; without it they are thrown. */
  answer(request: MediaRequest, log?: (error: unknown) => void): Promise<MediaAnswer>
}

/** Creates a packager on top of storage and rights. */
export function createPackager(ports: PackagerPorts): Packager {
  const state = packagerState({ ...ports, reader: archivedReader(ports.reader) })
  return {
    answer: (request, log = thrown) =>
      answered(() => answer(state, request), {
        say: (error) => refused(error, request.method),
        log,
        // Other errors name objects and boxes, and are not the viewer's.
        refuses: (error) => error instanceof Refusal,
        otherwise: ['MEDIA_FAILED', 'the segment could not be made; try again', { status: 502 }],
      }),
  }
}

const thrown = (error: unknown): never => {
  throw error
}

/** Objects may have moved since the placement was cached: on OBJECT_GONE it is read once more. */
async function answer(state: PackagerState, request: MediaRequest): Promise<MediaAnswer> {
  const { method, path } = request
  if (method !== 'GET' && method !== 'HEAD')
    throw new Refusal('MEDIA_METHOD', `expected GET or HEAD, got ${method}`, { status: 405 })
  const name = parseMediaPath(path.slice(1))
  if (!name) throw unknownMedia(path)
  const key = `${timelinePrefix(name.timelineId, name.version)}placement.json`
  const found = async () => {
    const { giveBack, ...all } = await find(state, { name, key, path })
    return { ...(await send(all, request)), ...(giveBack && { giveBack }) }
  }
  try {
    return await found()
  } catch (error) {
    if (!isGone(error)) throw error
  }
  state.placements.delete(key)
  try {
    return await found()
  } catch (error) {
    throw isGone(error)
      ? new Refusal('MEDIA_GONE', `${path}: its source file was deleted or replaced`, { status: 404 })
      : error
  }
}

/** Minimum interval of asking rights again, however many requests are refused. */
const earliestMs = 1000

interface Named {
  readonly name: MediaName
  /** Key of the placement. */
  readonly key: string
  readonly path: string
}

async function find(state: PackagerState, { name, key, path }: Named): Promise<Found> {
  // Clear media is cached for a year: it must not be released by a rule from before a change.
  const ruling = state.rights.of(name.timelineId, name.protection.scheme === 'clear' ? 0 : undefined)
  // Awaited below; until then a rejection must not count as unhandled.
  ruling.catch(() => undefined)
  const track = liveTrack(name) ?? (await storedTrack(state, { name, key, path }))
  const { part, protection } = name
  if (!track) throw unknownMedia(path)
  let rule = await ruling
  // A manifest may name a new key before this function knows of it.
  if (refusalOf(rule, name, track) !== undefined) rule = await state.rights.of(name.timelineId, earliestMs)
  // Longer ago than the channel's window, it may be held for a film.
  if (rule && protection.scheme !== 'clear' && refusalOf(rule, name, track) !== undefined)
    rule = withHeld(rule, protection.period, await rule.held?.(protection.period))
  const why = refusalOf(rule, name, track)
  if (why !== undefined) throw new Refusal('MEDIA_PROTECTION', `${path}: ${why}`, { status: 403 })
  const found = await (protection.scheme !== 'clear'
    ? findProtected(state, { name, path, track, encryption: protection, rule })
    : part.kind === 'init'
      ? await findInit(state, track, part.configId)
      : part.kind === 'webvtt'
        ? await findWebVtt(state, track, part)
        : await findSegment(state, track, { ...part, path, untilSeconds: clearLeadOf(rule, track) }))
  if (!found) throw unknownMedia(path)
  return {
    ...found,
    // A path always names the same bytes, so its own text makes a strong tag.
    etag: `"${name.version}-${name.trackId}-${path.slice(path.lastIndexOf('/') + 1)}"`,
    type: part.kind === 'webvtt' ? 'text/vtt; charset=utf-8' : mp4Type(track),
  }
}

/** The rule with a period more, if it is held. */
const withHeld = (
  rule: MediaProtectionRule,
  index: number,
  held: ReturnType<MediaProtectionRule['period']>,
): MediaProtectionRule =>
  held ? { ...rule, period: (other) => (other === index ? held : rule.period(other)) } : rule

async function storedTrack(
  state: PackagerState,
  { name, key, path }: Named,
): Promise<TrackPlacement | undefined> {
  const { tracks } = await state.placements.get(key, async () => {
    const bytes = await state.reader.whole({ bucket: 'media', key }).catch((error: unknown) => {
      throw isGone(error) ? unknownMedia(path) : error
    })
    return { value: parsePlacement(bytes, key), weight: bytes.length }
  })
  return Object.hasOwn(tracks, name.trackId) ? tracks[name.trackId] : undefined
}

/** Text in MP4 is neither video nor audio (RFC 4337). */
const mp4Type = ({ type }: TrackPlacement): string =>
  `${type === 'text' ? 'application' : type === 'audio' ? 'audio' : 'video'}/mp4`
