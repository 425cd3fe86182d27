/** Answers requests for media: init and media segments, made on request, the same bytes for ever. */
import { type ErrorCode, HeadendError, retold } from '../../errors.ts'
import type { Aes } from '../../formats/cenc/aes.ts'
import { segmentLength, writeSegmentHead } from '../../formats/isobmff/segment.ts'
import { Cache } from '../../platform/cache.ts'
import { answered } from '../../platform/http/error-response.ts'
import { type MediaName, parseMediaPath } from '../../timeline/media-path.ts'
import type { Locator, ObjectRef, Placement, TrackPlacement } from '../../timeline/placement.ts'
import { segmentKey } from '../../timeline/placement.ts'
import { timelinePrefix } from '../../timeline/stored.ts'
import { type DirectoryEntry, readDirectory, readEntry } from '../storage/sample-index.ts'
import { parsePlacement } from '../storage/stored-placement.ts'
import { type BufferPool, bufferPool } from './buffer-pool.ts'
import {
  clearLeadOf,
  partOf,
  protectedInit,
  protectedSegment,
  refusalOf,
  type SegmentToProtect,
} from './encryption/protected-media.ts'
import { readTrackClock, shownSeconds } from './encryption/protected-track.ts'
import { fetchSamplesInto } from './fetch-samples.ts'
import { type Body, type Found, type MediaAnswer, type MediaRequest, refused, send } from './media-answer.ts'
import type { MediaReader } from './media-reader.ts'
import type { MediaRights } from './media-rights.ts'
import { partsOf, planReads, within } from './read-plan.ts'

/** A media room with what it keeps between requests. */
export interface Packager {
  /** Answers any request. `log` is told of what is no refusal; without one that is thrown. */
  answer(request: MediaRequest, log?: (error: unknown) => void): Promise<MediaAnswer>
}

/** Bytes of placements and directories kept: some hundreds of films. */
const keptBytes = 32 * 2 ** 20
/** Bytes kept for samples: of one long segment, or of several that are made at once. */
const keptSampleBytes = 24 * 2 ** 20

interface Shelf extends PackagerPorts {
  readonly placements: Cache<Placement>
  /** Clear init segments of protected content. */
  readonly inits: Cache<Uint8Array>
  readonly directories: Cache<ReadonlyMap<string, DirectoryEntry>>
  readonly memory: BufferPool
}

/** What a packager works with. */
export interface PackagerPorts {
  readonly reader: MediaReader
  readonly rights: MediaRights
  readonly aes: Aes
}

/** A packager over what is stored. */
export function packagerOf(parts: PackagerPorts): Packager {
  const shelf: Shelf = {
    ...parts,
    placements: new Cache({ maxWeight: keptBytes / 4 }),
    inits: new Cache({ maxWeight: keptBytes / 8 }),
    directories: new Cache({ maxWeight: keptBytes }),
    memory: bufferPool(keptSampleBytes),
  }
  return {
    answer: (request, log = thrown) =>
      answered(() => answer(shelf, request), {
        say: (error) => refused(error, request.method),
        log,
        // What else is thrown names objects and boxes, and is no viewer's fault.
        refuses: (error) => error instanceof Refusal,
        otherwise: ['MEDIA_FAILED', 'the segment could not be made; try again', { status: 502 }],
      }),
  }
}

const thrown = (error: unknown): never => {
  throw error
}

/** A request that can't be granted. */
class Refusal extends HeadendError {}

/** What a placement names may have moved since it was read: then it is read once more. */
async function answer(shelf: Shelf, request: MediaRequest): Promise<MediaAnswer> {
  const { method, path } = request
  if (method !== 'GET' && method !== 'HEAD')
    throw new Refusal('MEDIA_METHOD', `expected GET or HEAD, got ${method}`, { status: 405 })
  const name = parseMediaPath(path.slice(1))
  if (!name) throw unknown(path)
  const key = `${timelinePrefix(name.timelineId, name.version)}placement.json`
  const found = async () => {
    const { giveBack, ...all } = await find(shelf, { name, key, path })
    return { ...(await send(all, request)), ...(giveBack && { giveBack }) }
  }
  try {
    return await found()
  } catch (error) {
    if (!isGone(error)) throw error
  }
  shelf.placements.delete(key)
  try {
    return await found()
  } catch (error) {
    throw isGone(error)
      ? new Refusal('MEDIA_GONE', `${path}: what it was made of is gone`, { status: 404 })
      : error
  }
}

/** However many ask for what they may not have, rights are asked again no sooner. */
const earliestMs = 1000

interface Named {
  readonly name: MediaName
  /** Of the placement. */
  readonly key: string
  readonly path: string
}

async function find(shelf: Shelf, { name, key, path }: Named): Promise<Found> {
  // What leaves in the clear is kept by caches for a year: a rule from before a change must not let it go.
  const ruling = shelf.rights.of(name.timelineId, name.protection.scheme === 'clear' ? 0 : undefined)
  // Awaited below; until then a failed one must not count as unhandled.
  ruling.catch(() => undefined)
  const placement = await shelf.placements.get(key, async () => {
    const bytes = await shelf.reader.whole({ bucket: 'media', key }).catch((error: unknown) => {
      throw isGone(error) ? unknown(path) : error
    })
    return { value: parsePlacement(bytes, key), weight: bytes.length }
  })
  const track = Object.hasOwn(placement.tracks, name.trackId) ? placement.tracks[name.trackId] : undefined
  const { part, protection } = name
  if (!track) throw unknown(path)
  let rule = await ruling
  // A manifest may know of a new key before this function does.
  if (refusalOf(rule, name, track) !== undefined) rule = await shelf.rights.of(name.timelineId, earliestMs)
  const why = refusalOf(rule, name, track)
  if (why !== undefined) throw new Refusal('MEDIA_PROTECTION', `${path}: ${why}`, { status: 403 })
  const found = await (protection.scheme !== 'clear'
    ? findProtected(shelf, { name, key, path }, { track, encryption: protection, rule })
    : part.kind === 'init'
      ? await findInit(shelf, track, part.configId)
      : part.kind === 'webvtt'
        ? await findWebVtt(shelf, track, part)
        : await findSegment(shelf, track, { ...part, path, untilSeconds: clearLeadOf(rule, track) }))
  if (!found) throw unknown(path)
  return {
    ...found,
    // A path names the same bytes for ever, so its words are the strongest tag there is.
    etag: `"${name.version}-${name.trackId}-${path.slice(path.lastIndexOf('/') + 1)}"`,
    type: part.kind === 'webvtt' ? 'text/vtt; charset=utf-8' : mp4Type(track),
  }
}

/** Text in MP4 is neither pictures nor sound (RFC 4337). */
const mp4Type = ({ type }: TrackPlacement): string =>
  `${type === 'text' ? 'application' : type === 'audio' ? 'audio' : 'video'}/mp4`

const unknown = (path: string): Refusal =>
  new Refusal('MEDIA_UNKNOWN', `${path}: there is no such media; ask for the manifest again`, { status: 404 })

const isGone = (error: unknown): boolean => error instanceof HeadendError && error.code === 'OBJECT_GONE'

type Content = Pick<Found, 'length' | 'body' | 'giveBack'>

const stored = (bytes: Uint8Array): Content => ({
  length: bytes.length,
  body: async (from, until) => ({ body: [bytes.subarray(from, until)] }),
})

async function findInit(
  { reader }: Shelf,
  track: TrackPlacement,
  configId: string,
): Promise<Content | undefined> {
  const object = initAt(track, configId)
  return object && stored(await reader.whole(object))
}

interface Located {
  readonly locator: Locator
  /** Length of the clear segment, where the directory says it. */
  readonly bytes?: number
}

async function locatorOf(
  shelf: Shelf,
  track: TrackPlacement,
  { number, cut }: { readonly number: number; readonly cut: number },
): Promise<Located | undefined> {
  const key = segmentKey(number, cut)
  const locator = Object.hasOwn(track.segments, key) ? track.segments[key] : undefined
  if (locator) return { locator }
  const { sampleIndex } = track
  if (!sampleIndex) return undefined
  const { index, object } = sampleIndex
  const found = (await directoryOf(shelf, sampleIndex)).get(key)
  return found && { locator: { kind: 'extents', object, index, entry: found.entry }, bytes: found.bytes }
}

interface ClearSegment {
  readonly number: number
  readonly cut: number
  readonly path: string
  /** Media seconds by which it must have ended, where it is of protected content. */
  readonly untilSeconds: number | undefined
}

async function findSegment(
  shelf: Shelf,
  track: TrackPlacement,
  part: ClearSegment,
): Promise<Content | undefined> {
  const found = await locatorOf(shelf, track, part)
  if (!found) return undefined
  const { locator, bytes } = found
  const { number } = part
  if (part.untilSeconds !== undefined) await assertInClearLead(shelf, { track, locator, part })
  if (locator.kind !== 'extents' || bytes === undefined) return locate(shelf, locator, number)
  return {
    length: bytes,
    body: (from, until) => build(shelf, locator, { number, from, until }),
  }
}

/** Of protected content, only what lies wholly in the clear lead leaves in the clear. */
async function assertInClearLead(
  shelf: Shelf,
  {
    track,
    locator,
    part: { number, path, untilSeconds = 0 },
  }: { readonly track: TrackPlacement; readonly locator: Locator; readonly part: ClearSegment },
): Promise<void> {
  if (locator.kind !== 'extents') throw unlocatable(locator)
  const object = initAt(track, configAt(track, number))
  if (!object) throw unknown(path)
  const [init, entry] = await Promise.all([
    clearInit(shelf, object),
    shelf.reader.piece(locator.index, locator.entry),
  ])
  const { to } = shownSeconds(readEntry(entry, number).fragment, readTrackClock(init))
  if (to > untilSeconds)
    throw new Refusal('MEDIA_PROTECTION', `${path}: this segment is given encrypted alone`, { status: 403 })
}

const initAt = ({ inits }: TrackPlacement, configId: string): ObjectRef | undefined =>
  Object.hasOwn(inits, configId) ? inits[configId] : undefined

const clearInit = ({ inits, reader }: Shelf, object: ObjectRef): Promise<Uint8Array> =>
  inits.get(object.key, async () => {
    const value = await reader.whole(object)
    return { value, weight: value.length }
  })

/** Encrypted as a whole, whatever part of it is wanted: how long its head is, only its samples tell. */
async function findProtected(
  shelf: Shelf,
  { name, path }: Named,
  {
    track,
    encryption,
    rule,
  }: { readonly track: TrackPlacement } & Pick<SegmentToProtect, 'encryption' | 'rule'>,
): Promise<Content | undefined> {
  const { reader, rights, aes, memory } = shelf
  const { part, timelineId } = name
  const type = track.type === 'audio' ? 'audio' : 'video'
  if (part.kind === 'webvtt') return undefined
  const located = part.kind === 'segment' ? await locatorOf(shelf, track, part) : undefined
  const configId = part.kind === 'init' ? part.configId : configAt(track, part.number)
  const object = initAt(track, configId)
  if (!object || (part.kind === 'segment' && !located)) return undefined
  try {
    const { label } = encryption
    const keyOf = (period: number) => rights.key({ contentId: timelineId, period, label })
    const [key, init] = await Promise.all([keyOf(encryption.period), clearInit(shelf, object)])
    if (part.kind === 'init') return stored(protectedInit({ aes, init, type, encryption, key }))
    if (located?.locator.kind !== 'extents') throw unlocatable(located?.locator)
    const { number } = part
    const { locator } = located
    const { pieces, giveBack } = await protectedSegment({
      reader,
      memory,
      aes,
      name,
      number,
      type,
      encryption,
      rule,
      locator,
      init,
      key,
      keyOf,
    })
    return {
      length: pieces.reduce((sum, { length }) => sum + length, 0),
      body: async (from, until) => ({ body: partOf(pieces, from, until) }),
      giveBack,
    }
  } catch (error) {
    if (error instanceof HeadendError && isRefusal.has(error.code))
      throw new Refusal(...retold(error, `${path}: ${error.message}`))
    throw error
  }
}

/** What rights or the protection of samples say no to; all else is ours to mend. */
const isRefusal: ReadonlySet<ErrorCode> = new Set(['KEY_UNKNOWN', 'MEDIA_PROTECTION', 'PROTECTION_CODEC'])

/** The config in force at a segment. */
const configAt = ({ configs = [], inits }: TrackPlacement, number: number): string =>
  configs.findLast(([from]) => from <= number)?.[1] ?? Object.keys(inits)[0] ?? ''

/** Texts lie in their index as they are sent. */
async function findWebVtt(
  shelf: Shelf,
  { webVtt }: TrackPlacement,
  { number, cut }: { readonly number: number; readonly cut: number },
): Promise<Content | undefined> {
  if (!webVtt) return undefined
  const found = (await directoryOf(shelf, webVtt)).get(segmentKey(number, cut))
  if (!found) return undefined
  const { offset } = found.entry
  return {
    length: found.bytes,
    body: async (from, until) => ({
      body: [await shelf.reader.piece(webVtt.index, { offset: offset + from, length: until - from })],
    }),
  }
}

const directoryOf = (
  { directories, reader }: Shelf,
  { index, directory }: NonNullable<TrackPlacement['webVtt']>,
): Promise<ReadonlyMap<string, DirectoryEntry>> =>
  directories.get(index.key, async () => {
    const bytes = await reader.piece(index, directory)
    const list = readDirectory(bytes)
    return {
      value: new Map(list.map((entry) => [segmentKey(entry.number, entry.cut), entry])),
      // A map of entries takes several times the bytes it was read from.
      weight: bytes.length * 8,
    }
  })

async function locate(shelf: Shelf, locator: Locator, number: number): Promise<Content> {
  const { reader } = shelf
  switch (locator.kind) {
    case 'object':
      return stored(await reader.whole(locator.object))
    case 'range':
      return stored(await reader.piece(locator.object, locator.range))
    case 'extents': {
      const { fragment } = readEntry(await reader.piece(locator.index, locator.entry), number)
      return {
        length: segmentLength(fragment).totalBytes,
        body: (from, until) => build(shelf, locator, { number, from, until }),
      }
    }
    case 'ts':
    case 'url':
      throw unlocatable(locator)
  }
}

const unlocatable = (locator: Locator | undefined): HeadendError =>
  new HeadendError('PACKAGING_LOCATOR', `segment: no way to make it of ${locator?.kind}`, { status: 500 })

interface Wanted {
  readonly number: number
  readonly from: number
  readonly until: number
}

/** In memory before its first byte leaves: a store that breaks off halfway is an error, and never a short segment. */
async function build(
  { reader, memory }: Shelf,
  { object, index, entry }: Extract<Locator, { kind: 'extents' }>,
  { number, from, until }: Wanted,
): Promise<Body> {
  const { fragment, extents } = readEntry(await reader.piece(index, entry), number)
  const { head } = writeSegmentHead(fragment)
  const start = Math.min(Math.max(from, head.length), until)
  const reads = planReads(within(partsOf(extents, head.length), from, until))
  const { bytes, giveBack } = memory.lend(until - start)
  try {
    await fetchSamplesInto({ bytes, start }, { reader, object, reads })
    return { body: [head.subarray(from, until), bytes], giveBack }
  } catch (error) {
    giveBack()
    throw error
  }
}
