/** The facts of a track that decide how its samples are encrypted, read from its clear init segment. */
import { HeadendError } from '../../../errors.ts'
import {
  av1Subsamples,
  avcSubsamples,
  hevcSubsamples,
  type Scheme,
  type SubsampleMap,
} from '../../../formats/cenc/index.ts'
import {
  type Box,
  ByteReader,
  boxes,
  children,
  type Fragment,
  need,
  readAv1c,
  readAvcc,
  readElst,
  readHvcc,
  readMdhd,
  readStsd,
  readVisualSampleEntry,
} from '../../../formats/isobmff/index.ts'

/** The clock of a track's segments. */
export interface TrackClock {
  readonly timescale: number
  /** Media time of presentation time 0: audio priming lies before it. */
  readonly mediaStart: number
}

/** The facts needed to encrypt a segment of the track. */
export interface ClearTrack extends TrackClock {
  /** Creates the subsample map of one segment; samples must be passed in order. Absent for audio. */
  readonly subsamples?: (scheme: Scheme) => SubsampleMap
}

/**
 * Reads an init segment made by headend; throws PROTECTION_CODEC (403) for video of a codec that can not be encrypted.
 */
export function readClearTrack(init: Uint8Array, type: 'video' | 'audio'): ClearTrack {
  const clock = readTrackClock(init)
  if (type === 'audio') return clock
  const stsd = inside(new ByteReader(init, 0, 'init segment'), [
    'moov',
    'trak',
    'mdia',
    'minf',
    'stbl',
    'stsd',
  ])
  const [entry] = readStsd(stsd)
  if (!entry) return stsd.body.fail('MP4_BOX_MISSING', 'expected a sample entry, got none')
  return { ...clock, subsamples: subsamplesOf(entry) }
}

/** Reads the clock of an init segment made by headend. */
export function readTrackClock(init: Uint8Array): TrackClock {
  const trak = inside(new ByteReader(init, 0, 'init segment'), ['moov', 'trak'])
  const found = children(trak)
  const mdia = need(found, 'mdia', trak)
  const edts = found.get('edts')
  const elst = edts && children(edts).get('elst')
  const [edit] = elst ? readElst(elst) : []
  return {
    timescale: readMdhd(need(children(mdia), 'mdhd', mdia)).timescale,
    mediaStart: Math.max(0, edit?.mediaTime ?? 0),
  }
}

/** Presentation times of a segment in seconds from the asset's start: from its first sample to the end of its last. */
export function shownSeconds(
  { decodeTime, durations, compositionOffsets }: Fragment,
  { timescale, mediaStart }: TrackClock,
): { readonly from: number; readonly to: number } {
  let at = decodeTime - mediaStart
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const [i, duration] of durations.entries()) {
    const shown = at + (compositionOffsets?.[i] ?? 0)
    from = Math.min(from, shown)
    to = Math.max(to, shown + duration)
    at += duration
  }
  return { from: from / timescale, to: to / timescale }
}

function subsamplesOf(entry: Box): (scheme: Scheme) => SubsampleMap {
  const found = new Map(readVisualSampleEntry(entry).children.map((box) => [box.type, box]))
  switch (entry.type) {
    case 'avc1':
    case 'avc3':
    case 'dva1':
    case 'dvav': {
      const { lengthBytes, sps, pps } = readAvcc(need(found, 'avcC', entry))
      return (scheme) => avcSubsamples(scheme, { lengthBytes, sets: [...sps, ...pps] })
    }
    case 'hvc1':
    case 'hev1':
    case 'dvh1':
    case 'dvhe': {
      const { lengthBytes, arrays } = readHvcc(need(found, 'hvcC', entry))
      return (scheme) => hevcSubsamples(scheme, { lengthBytes, sets: arrays.flatMap(({ units }) => units) })
    }
    case 'av01':
    case 'dav1': {
      const { obus } = readAv1c(need(found, 'av1C', entry))
      return (scheme) => av1Subsamples(scheme, obus)
    }
    default:
      throw new HeadendError(
        'PROTECTION_CODEC',
        `sample entry: expected H.264, H.265 or AV1 to protect, got ${entry.type}`,
        { status: 403 },
      )
  }
}

/** The first box at a path of types. */
function inside(reader: ByteReader, [type = '', ...rest]: readonly string[]): Box {
  for (const box of boxes(reader))
    if (box.type === type) return rest.length === 0 ? box : inside(box.body, rest)
  return reader.fail('MP4_BOX_MISSING', `expected ${type}, got none`)
}
