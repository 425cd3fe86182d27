/** One segment, encrypted on its way out: the same bytes for the same key, track and time, for ever. */
import {
  type Aes,
  block,
  cbcsCipher,
  cencCipher,
  type SubsampleMap,
  type Subsamples,
} from '../../../formats/cenc/index.ts'
import { type Fragment, writeSegmentHead } from '../../../formats/isobmff/index.ts'
import { sha256Hex } from '../../../platform/crypto/digest.ts'

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

/** A segment whose samples are encrypted in place as they come. */
export interface SegmentEncryptor {
  /** Encrypts the samples that lie whole in front of `until`, in bytes; those before were told already. */
  encryptUntil(until: number): void
  /** What stands in front of the samples; to be asked for once all have come. */
  head(): Uint8Array
}

/** Begins to encrypt `samples`, which holds what has come of them. */
export function segmentEncryptor(
  aes: Aes,
  { scheme, key, iv = new Uint8Array(block) }: SegmentKey,
  { identity, type, subsamples: map }: ProtectedTrack,
  { fragment, samples }: { readonly fragment: Fragment; readonly samples: Uint8Array },
): SegmentEncryptor {
  const { sizes, decodeTime } = fragment
  const counter =
    scheme === 'cenc'
      ? cencCipher(
          aes,
          { key, iv: firstCounter(identity, decodeTime) },
          { bytes: samples, count: sizes.length },
        )
      : undefined
  const cipher = counter ?? cbcsCipher(aes, { key, iv, pattern: patternOf(type) }, samples)
  const subsamples: Subsamples[] = []
  let [next, at] = [0, 0]
  const encryptUntil = (until: number) => {
    for (; next < sizes.length; next++) {
      const end = at + (sizes[next] ?? 0)
      if (end > until) return
      const pairs = map ? map(samples.subarray(at, end)) : [0, end - at]
      if (map) subsamples.push(pairs)
      cipher.take(at, pairs)
      at = end
    }
  }
  return {
    encryptUntil,
    head() {
      encryptUntil(samples.length)
      cipher.end()
      const encryption = { ...(counter && { ivs: counter.ivs }), ...(map && { subsamples }) }
      return writeSegmentHead({ ...fragment, encryption }).head
    },
  }
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
