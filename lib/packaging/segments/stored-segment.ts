/** A segment that is stored as it is delivered, read back to its samples: what encrypts it needs them one by one. */
import { HeadendError } from '../../errors.ts'
import {
  type Box,
  ByteReader,
  boxes,
  eachFragmentSample,
  type Fragment,
  type FragmentSample,
  readMoof,
  versionAndFlags,
} from '../../formats/isobmff/index.ts'
import type { Ticks } from '../../timeline/timeline.ts'
import { firstFrames } from '../storage/first-frames.ts'

/** What is in it. */
export interface StoredSegment {
  readonly fragment: Fragment
  /** Whole boxes before its `moof` that are no `styp`: events. */
  readonly before: Uint8Array
  /** The samples, one behind the other. */
  readonly samples: Uint8Array
}

/** The first frames of one, as `firstFrames` has them. */
export function firstOfStored(name: string, stored: Uint8Array, ticks: Ticks): StoredSegment | undefined {
  const { fragment, samples } = readStoredSegment(name, stored)
  const first = firstFrames(fragment, ticks)
  // Events would be told twice: they belong to what is shown of the whole.
  return (
    first && {
      fragment: first,
      before: new Uint8Array(0),
      samples: samples.subarray(
        0,
        first.sizes.reduce((sum, size) => sum + size, 0),
      ),
    }
  )
}

/** Reads one of a single track that headend wrote; throws MP4_BOX_MISSING for what is none. */
export function readStoredSegment(name: string, bytes: Uint8Array): StoredSegment {
  const all = [...boxes(new ByteReader(bytes, 0, name))]
  const moof = all.find(({ type }) => type === 'moof')
  if (!moof)
    throw new HeadendError(
      'MP4_BOX_MISSING',
      `${name}: expected a moof box, got none in ${bytes.length} bytes`,
    )
  const { sequence, samples } = samplesOf(moof)
  const [first] = samples
  const total = samples.reduce((sum, { size }) => sum + size, 0)
  const from = first?.offset ?? moof.at + moof.raw.length
  if (from + total > bytes.length)
    throw new HeadendError(
      'MP4_BOX_TRUNCATED',
      `${name}: expected ${total} bytes of samples at ${from}, got ${bytes.length - from}`,
    )
  return {
    fragment: { sequence, ...fragmentOf(samples), ...(hasRoll(moof) && { rolls: true as const }) },
    before: Buffer.concat(all.flatMap(({ type, at, raw }) => (at < moof.at && type !== 'styp' ? [raw] : []))),
    samples: bytes.subarray(from, from + total),
  }
}

/** Samples of a `moof`; segments of headend leave nothing to the defaults of their init segment. */
export function samplesOf(moof: Box): {
  readonly sequence: number
  readonly samples: readonly FragmentSample[]
} {
  const read = readMoof(moof)
  const defaults = read.tracks.map(({ header: { trackId } }) => ({ ...noDefaults, trackId }))
  return { sequence: read.sequence, samples: [...eachFragmentSample(read, defaults, new Map())] }
}

const noDefaults = { description: 1, duration: 0, size: 0, flags: 0 }

function fragmentOf(samples: readonly FragmentSample[]): Omit<Fragment, 'sequence'> {
  const [first] = samples
  const offsets = Int32Array.from(samples, (one) => one.presentationTime - one.decodeTime)
  const sync = Uint8Array.from(samples, (one) => (one.sync ? 1 : 0))
  return {
    trackId: first?.trackId ?? 1,
    decodeTime: first?.decodeTime ?? 0,
    sizes: Uint32Array.from(samples, ({ size }) => size),
    durations: Uint32Array.from(samples, ({ duration }) => duration),
    ...(offsets.some((offset) => offset !== 0) && { compositionOffsets: offsets }),
    ...(sync.includes(0) && { sync }),
  }
}

/** Whether its samples are in a `roll` group, as those of some codecs of audio are (ISO/IEC 14496-12 10.1.1). */
const hasRoll = (moof: Box): boolean =>
  [...boxes(moof.body)]
    .filter(({ type }) => type === 'traf')
    .flatMap(({ body }) => [...boxes(body)])
    .some(({ type, body }) => type === 'sbgp' && groupingType(body) === 'roll')

function groupingType(body: ByteReader): string {
  versionAndFlags(body)
  return body.fourcc()
}
