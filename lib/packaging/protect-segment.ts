/** One segment, encrypted on its way out: the same bytes for the same key, track and time, for ever. */
import type { Aes } from '../formats/cenc/aes.ts'
import { encryptCbcs, encryptCenc } from '../formats/cenc/encrypt.ts'
import type { SubsampleMap } from '../formats/cenc/subsamples.ts'
import { type Fragment, writeSegmentHead } from '../formats/isobmff/segment.ts'
import { sha256Hex } from '../platform/digest.ts'

/** A content key at work. All members are secret or lead to what is. */
export interface SegmentKey {
  readonly scheme: 'cenc' | 'cbcs'
  /** 16 bytes. */
  readonly key: Uint8Array
  /** Constant IV of `cbcs`, 16 bytes. */
  readonly iv?: Uint8Array
}

/** Whose segment it is: what tells its counter blocks from all others under the same key. */
export interface TrackIdentity {
  readonly timelineId: string
  readonly version: string
  readonly trackId: string
}

/** What of a track protection depends on. */
export interface ProtectedTrack {
  readonly identity: TrackIdentity
  readonly type: 'video' | 'audio' | 'text'
  /** Absent where samples are protected whole. */
  readonly subsamples?: SubsampleMap
}

/** Pictures are encrypted one block in ten, sound whole (ISO/IEC 23000-19 8.2.3). */
export const patternOf = (type: ProtectedTrack['type']) =>
  type === 'video' ? { crypt: 1, skip: 9 } : { crypt: 0, skip: 0 }

/** Encrypts `samples` in place and writes what stands in front of them. */
export function protectSegment(
  aes: Aes,
  { scheme, key, iv }: SegmentKey,
  { identity, type, subsamples: map }: ProtectedTrack,
  { fragment, samples }: { readonly fragment: Fragment; readonly samples: Uint8Array },
): { readonly head: Uint8Array; readonly totalBytes: number } {
  let at = 0
  const subsamples =
    map &&
    Array.from(fragment.sizes, (size) => {
      at += size
      return map(samples.subarray(at - size, at))
    })
  const all = { bytes: samples, sizes: fragment.sizes, ...(subsamples && { subsamples }) }
  let ivs: Uint8Array | undefined
  if (scheme === 'cenc') ivs = encryptCenc(aes, key, firstCounter(identity, fragment.decodeTime), all)
  else encryptCbcs(aes, { key, iv: iv ?? new Uint8Array(16), pattern: patternOf(type) }, all)
  return writeSegmentHead({
    ...fragment,
    encryption: { ...(ivs && { ivs }), ...(subsamples && { subsamples }) },
  })
}

/**
 * The counter block of a segment's first sample: 6 bytes for the track, 7 for the decode time, 3 for the blocks
 * that follow (256 MB). No two segments under a key share a block: another track, version or channel has other
 * first bytes, another segment of the track another time; a part of a segment that was cut anew has either the same
 * samples from the same time or a time of its own.
 */
function firstCounter({ timelineId, version, trackId }: TrackIdentity, decodeTime: number): Uint8Array {
  const counter = new Uint8Array(16)
  const name = sha256Hex(JSON.stringify([timelineId, version, trackId]))
  for (let i = 0; i < 6; i++) counter[i] = Number.parseInt(name.slice(2 * i, 2 * i + 2), 16)
  let time = decodeTime
  for (let i = 12; i >= 6; i--) {
    counter[i] = time % 256
    time = Math.floor(time / 256)
  }
  return counter
}
