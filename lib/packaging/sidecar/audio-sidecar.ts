/**
 * Rewrites poorly interleaved audio into one contiguous object, so that a segment is one small read. This runs in the
 * background for assets that already play: URLs and their bytes stay, only the placement changes.
 */

import { uploadsOf } from '../../assets/index.ts'
import { HeadendError } from '../../errors.ts'
import type { Log } from '../../platform/log.ts'
import type { ByteRange, ObjectRef, Placement, TrackPlacement } from '../../timeline/placement.ts'
import { fetchSamples } from '../segments/fetch-samples.ts'
import type { MediaReader } from '../segments/media-reader.ts'
import { partsOf, planReads } from '../segments/read-plan.ts'
import { type IndexedSegment, readDirectory, readEntry, writeSampleIndex } from '../storage/sample-index.ts'
import { parsePlacement, printPlacement } from '../storage/stored-placement.ts'
import { isPoorlyInterleaved } from './interleaving.ts'

/** External dependencies of a sidecar. Every write may be repeated. */
export interface SidecarPorts {
  readonly reader: MediaReader
  /** A placement and its ETag; undefined if it is gone. */
  placement(key: string): Promise<{ readonly bytes: Uint8Array; readonly etag: string } | undefined>
  /** Stores a large object from a stream. */
  storeStream(key: string, chunks: AsyncIterable<Uint8Array>): Promise<void>
  store(key: string, body: Uint8Array | string, contentType: string): Promise<void>
  /** Replaces the placement that had this ETag; false if another write came first. */
  replace(key: string, text: string, etag: string): Promise<boolean>
}

/** The outcome for one placement. */
export type SidecarOutcome = 'made' | 'not needed' | 'film gone' | 'superseded'

/** Makes the sidecars of the placements named in a message; rejects if it should be redelivered. */
export async function sidecarMessage(body: string, ports: SidecarPorts, log: Log): Promise<void> {
  for (const { key } of uploadsOf(body))
    log.info('audio sidecar', { key, outcome: await makeSidecar(key, ports) })
}

/** Makes the sidecar of the timeline whose `placement.json` has this key, if worthwhile. */
export async function makeSidecar(key: string, ports: SidecarPorts): Promise<SidecarOutcome> {
  const stored = await ports.placement(key)
  if (!stored) return 'film gone'
  const placement = parsePlacement(stored.bytes, key)
  const tracks = await poorlyInterleavedTracks(placement, ports.reader)
  if (tracks.length === 0) return 'not needed'
  const prefix = key.slice(0, key.lastIndexOf('/') + 1)
  const object: ObjectRef = { bucket: 'media', key: `${prefix}sound.bin` }
  const jobs = jobsOf(tracks)
  try {
    await ports.storeStream(object.key, soundOf(jobs, ports.reader))
  } catch (error) {
    // Overwritten and expired meanwhile: players that still have its manifest get that error from the packager.
    if (error instanceof HeadendError && error.code === 'OBJECT_GONE') return 'film gone'
    throw error
  }
  const moved: Record<string, TrackPlacement> = { ...placement.tracks }
  const placed = placesOf(jobs)
  for (const track of tracks) {
    const { bytes, directory } = writeSampleIndex(
      track.segments.map((segment) => ({ ...segment, extents: placed.get(segment) ?? [] })),
    )
    // Under a new name, because packagers cache indexes by name.
    const index: ObjectRef = { bucket: 'media', key: `${prefix}${track.id}/samples-sound.bin` }
    await ports.store(index.key, bytes, 'application/octet-stream')
    moved[track.id] = { ...track.placement, sampleIndex: { index, directory, object } }
  }
  const next: Placement = { ...placement, revision: placement.revision + 1, tracks: moved }
  // The write that came first stored a placement, too, which triggers a message of its own.
  return (await ports.replace(key, printPlacement(next), stored.etag)) ? 'made' : 'superseded'
}

type Segment = IndexedSegment & { readonly cut: number; readonly bytes: number }

interface InterleavedTrack {
  readonly id: string
  readonly placement: TrackPlacement
  /** The file that holds its samples. */
  readonly object: ObjectRef
  readonly segments: readonly Segment[]
}

async function poorlyInterleavedTracks(
  placement: Placement,
  reader: MediaReader,
): Promise<InterleavedTrack[]> {
  const scattered: InterleavedTrack[] = []
  for (const [id, track] of Object.entries(placement.tracks)) {
    const { sampleIndex, type } = track
    if (type !== 'audio' || sampleIndex?.object.bucket !== 'upload') continue
    const bytes = await reader.whole(sampleIndex.index)
    const { offset, length } = sampleIndex.directory
    const segments = readDirectory(bytes.subarray(offset, offset + length)).map(
      ({ number, cut, entry, bytes: size }) => ({
        ...readEntry(bytes.subarray(entry.offset, entry.offset + entry.length), number),
        cut,
        bytes: size,
      }),
    )
    if (isPoorlyInterleaved(segments))
      scattered.push({ id, placement: track, object: sampleIndex.object, segments })
  }
  return scattered
}

/** Consecutive segments of one file, read together. */
interface Job {
  readonly object: ObjectRef
  readonly segments: readonly Segment[]
  readonly bytes: number
}

/** Memory of one job; jobs run in parallel. */
const jobBytes = 2 * 2 ** 20
const jobsAtOnce = 4

/** Tracks of one file share jobs, so that the file is read once however many languages it has. */
function jobsOf(tracks: readonly InterleavedTrack[]): Job[] {
  const files = new Map<string, InterleavedTrack[]>()
  for (const track of tracks) {
    const name = `${track.object.key} ${track.object.versionId ?? ''}`
    files.set(name, [...(files.get(name) ?? []), track])
  }
  return [...files.values()].flatMap((together) => {
    const jobs: Job[] = []
    const longest = Math.max(...together.map(({ segments }) => segments.length))
    let segments: Segment[] = []
    let bytes = 0
    for (let i = 0; i < longest; i++) {
      for (const track of together) {
        const segment = track.segments[i]
        if (!segment) continue
        segments.push(segment)
        bytes += payloadOf(segment)
      }
      const [{ object } = { object: undefined }] = together
      if (object && segments.length > 0 && (bytes >= jobBytes || i === longest - 1)) {
        jobs.push({ object, segments, bytes })
        segments = []
        bytes = 0
      }
    }
    return jobs
  })
}

const payloadOf = ({ extents }: Segment): number => extents.reduce((sum, { length }) => sum + length, 0)

/** Places the samples of the segments one after the other. */
function placesOf(jobs: readonly Job[]): ReadonlyMap<Segment, readonly ByteRange[]> {
  const places = new Map<Segment, readonly ByteRange[]>()
  let offset = 0
  for (const segment of jobs.flatMap((job) => job.segments)) {
    const length = payloadOf(segment)
    places.set(segment, length > 0 ? [{ offset, length }] : [])
    offset += length
  }
  return places
}

/** The audio of all jobs in order. */
async function* soundOf(jobs: readonly Job[], reader: MediaReader): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < jobs.length; i += jobsAtOnce)
    yield* await Promise.all(jobs.slice(i, i + jobsAtOnce).map((job) => read(job, reader)))
}

async function read({ object, segments, bytes }: Job, reader: MediaReader): Promise<Uint8Array> {
  const reads = planReads(
    partsOf(
      segments.flatMap(({ extents }) => extents),
      0,
    ),
  )
  const head = new Uint8Array(0)
  const sound = new Uint8Array(bytes)
  let at = 0
  for await (const chunk of await fetchSamples({ reader, object, head, reads, from: 0, until: bytes })) {
    sound.set(chunk, at)
    at += chunk.length
  }
  return sound
}
