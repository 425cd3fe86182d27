/** Clear media: init segments, segments built from byte ranges of the upload, and WebVTT. */
import { segmentLength, writeSegmentHead } from '../../formats/isobmff/index.ts'
import { webVttFile } from '../../timeline/media-path.ts'
import { type Locator, segmentKey, type TrackPlacement } from '../../timeline/placement.ts'
import { readEntry } from '../storage/sample-index.ts'
import type { PackagerState } from './caches.ts'
import { readTrackClock, shownSeconds } from './encryption/protected-track.ts'
import { fetchSamplesInto } from './fetch-samples.ts'
import { findKeyFrame } from './find-key-frame.ts'
import {
  clearInit,
  configAt,
  directoryOf,
  initAt,
  locateSegment,
  type SegmentName,
  unlocatable,
} from './locate.ts'
import type { Body, Content } from './media-answer.ts'
import { partsOf, planReads, within } from './read-plan.ts'
import { Refusal, unknownMedia } from './refusal.ts'
import { firstOfStored } from './stored-segment.ts'

/** Content that is already in memory. */
export const storedContent = (bytes: Uint8Array): Content => ({
  length: bytes.length,
  body: async (from, until) => ({ body: [bytes.subarray(from, until)] }),
})

/** Undefined if the track has no such config. */
export async function findInit(
  { reader }: PackagerState,
  track: TrackPlacement,
  configId: string,
): Promise<Content | undefined> {
  const object = initAt(track, configId)
  return object && storedContent(await reader.whole(object))
}

/** A segment requested in the clear. */
export interface ClearSegment extends SegmentName {
  readonly path: string
  /** Media seconds by which it must end, if the content is protected. */
  readonly untilSeconds: number | undefined
}

/** Undefined if the track has no such segment. Throws MEDIA_PROTECTION if it ends after the clear lead. */
export async function findSegment(
  state: PackagerState,
  track: TrackPlacement,
  part: ClearSegment,
): Promise<Content | undefined> {
  const found = await locateSegment(state, track, part)
  if (!found) return undefined
  const { locator, bytes } = found
  if (part.untilSeconds !== undefined) await assertInClearLead(state, { track, locator, part })
  if (locator.kind !== 'extents' || bytes === undefined) return contentOf(state, locator, part)
  return {
    length: bytes,
    body: (from, until) => build(state, locator, { number: part.number, from, until }),
  }
}

/** Throws unless a segment of protected content lies completely in the clear lead. */
async function assertInClearLead(
  state: PackagerState,
  {
    track,
    locator,
    part: { number, path, untilSeconds = 0 },
  }: { readonly track: TrackPlacement; readonly locator: Locator; readonly part: ClearSegment },
): Promise<void> {
  // A channel has no beginning that viewers may see in the clear.
  if (locator.kind !== 'extents') throw onlyEncrypted(path)
  const object = initAt(track, configAt(track, number))
  if (!object) throw unknownMedia(path)
  const [init, entry] = await Promise.all([
    clearInit(state, object),
    state.reader.piece(locator.index, locator.entry),
  ])
  const { to } = shownSeconds(readEntry(entry, number).fragment, readTrackClock(init))
  if (to > untilSeconds) throw onlyEncrypted(path)
}

const onlyEncrypted = (path: string): Refusal =>
  new Refusal('MEDIA_PROTECTION', `${path}: this segment is only delivered encrypted`, { status: 403 })

/** Finds a segment as WebVTT; the index holds the text as it is sent. */
export async function findWebVtt(
  state: PackagerState,
  { webVtt, objects }: TrackPlacement,
  { number, cut }: SegmentName,
): Promise<Content | undefined> {
  if (objects !== undefined)
    return storedContent(
      await state.reader.whole({ bucket: 'media', key: objects + webVttFile(number, cut) }),
    )
  if (!webVtt) return undefined
  const found = (await directoryOf(state, webVtt)).get(segmentKey(number, cut))
  if (!found) return undefined
  const { offset } = found.entry
  return {
    length: found.bytes,
    body: async (from, until) => ({
      body: [await state.reader.piece(webVtt.index, { offset: offset + from, length: until - from })],
    }),
  }
}

async function contentOf(
  state: PackagerState,
  locator: Locator,
  { number, firstTicks }: SegmentName,
): Promise<Content | undefined> {
  const { reader } = state
  switch (locator.kind) {
    case 'object':
      return storedPart(locator.object.key, await reader.whole(locator.object), firstTicks)
    case 'keyFrame':
      // A live segment's number is its start.
      return findKeyFrame(state, locator.object, number)
    case 'range':
      return storedPart(locator.object.key, await reader.piece(locator.object, locator.range), firstTicks)
    case 'extents': {
      const { fragment } = readEntry(await reader.piece(locator.index, locator.entry), number)
      return {
        length: segmentLength(fragment).totalBytes,
        body: (from, until) => build(state, locator, { number, from, until }),
      }
    }
    case 'url':
      throw unlocatable(locator)
  }
}

function storedPart(name: string, bytes: Uint8Array, firstTicks: number | undefined): Content | undefined {
  if (firstTicks === undefined) return storedContent(bytes)
  const first = firstOfStored(name, bytes, firstTicks)
  return first && storedContent(Buffer.concat([writeSegmentHead(first.fragment).head, first.samples]))
}

interface Wanted {
  readonly number: number
  readonly from: number
  readonly until: number
}

/** Buffers the requested bytes before the first is sent: a read that breaks off is an error, never a short segment. */
async function build(
  { reader, buffers }: PackagerState,
  { object, index, entry }: Extract<Locator, { kind: 'extents' }>,
  { number, from, until }: Wanted,
): Promise<Body> {
  const { fragment, extents } = readEntry(await reader.piece(index, entry), number)
  const { head } = writeSegmentHead(fragment)
  const start = Math.min(Math.max(from, head.length), until)
  const reads = planReads(within(partsOf(extents, head.length), from, until))
  const { bytes, giveBack } = buffers.lend(until - start)
  try {
    await fetchSamplesInto({ bytes, start }, { reader, object, reads })
    return { body: [head.subarray(from, until), bytes], giveBack }
  } catch (error) {
    giveBack()
    throw error
  }
}
