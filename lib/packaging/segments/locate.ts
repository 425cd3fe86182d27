/** Locates init segments, and segments by the placement or by the directory it names. */
import { HeadendError } from '../../errors.ts'
import { initFile, segmentFile } from '../../timeline/media-path.ts'
import { type Locator, type ObjectRef, segmentKey, type TrackPlacement } from '../../timeline/placement.ts'
import { type DirectoryEntry, readDirectory } from '../storage/sample-index.ts'
import type { PackagerState } from './caches.ts'

/** Identifies a segment within its track. */
export interface SegmentName {
  readonly number: number
  readonly cut: number
  /** The frames of audio that begin so many ticks from its start, and no more. */
  readonly firstTicks?: number
}

/** A located segment. */
export interface Located {
  readonly locator: Locator
  /** Length of the clear segment, if the directory states it. */
  readonly bytes?: number
}

/** Undefined if the track has no such segment. */
export async function locateSegment(
  state: PackagerState,
  track: TrackPlacement,
  { number, cut, firstTicks }: SegmentName,
): Promise<Located | undefined> {
  // A part of a segment is shown where what it belongs to was cut, which no film is; each frame of audio stands alone.
  if (firstTicks !== undefined && (track.objects === undefined || track.type !== 'audio')) return undefined
  const key = segmentKey(number, cut)
  const locator = Object.hasOwn(track.segments, key) ? track.segments[key] : undefined
  if (locator) return { locator }
  const { sampleIndex, objects } = track
  if (objects !== undefined) {
    const whole = objectAt(objects, segmentFile(number, cut))
    return { locator: track.keyFramesOnly ? { ...whole, kind: 'keyFrame' } : whole }
  }
  if (!sampleIndex) return undefined
  const { index, object } = sampleIndex
  const found = (await directoryOf(state, sampleIndex)).get(key)
  return found && { locator: { kind: 'extents', object, index, entry: found.entry }, bytes: found.bytes }
}

/** Entries of a directory by `segmentKey`. */
export const directoryOf = (
  { directories, reader }: PackagerState,
  { index, directory }: NonNullable<TrackPlacement['webVtt']>,
): Promise<ReadonlyMap<string, DirectoryEntry>> =>
  directories.get(index.key, async () => {
    const bytes = await reader.piece(index, directory)
    const list = readDirectory(bytes)
    return {
      value: new Map(list.map((entry) => [segmentKey(entry.number, entry.cut), entry])),
      // A map of entries takes several times the bytes it was parsed from.
      weight: bytes.length * 8,
    }
  })

const objectAt = (objects: string, file: string): Extract<Locator, { kind: 'object' }> => ({
  kind: 'object',
  object: { bucket: 'media', key: objects + file },
})

/** Undefined if the track has no such config. */
export function initAt({ inits, objects }: TrackPlacement, configId: string): ObjectRef | undefined {
  if (Object.hasOwn(inits, configId)) return inits[configId]
  return objects === undefined ? undefined : objectAt(objects, initFile(configId)).object
}

/** The bytes of an init segment, cached. */
export const clearInit = ({ inits, reader }: PackagerState, object: ObjectRef): Promise<Uint8Array> =>
  inits.get(object.key, async () => {
    const value = await reader.whole(object)
    return { value, weight: value.length }
  })

/** The config used by a segment. */
export const configAt = ({ configs = [], inits }: TrackPlacement, number: number): string =>
  configs.findLast(([from]) => from <= number)?.[1] ?? Object.keys(inits)[0] ?? ''

/** 500: the placement has a locator the packager does not support. */
export const unlocatable = (locator: Locator | undefined): HeadendError =>
  new HeadendError('PACKAGING_LOCATOR', `segment: no way to make it of ${locator?.kind}`, { status: 500 })
