/** Encrypts one segment on delivery, deterministically: the same bytes for the same key, track and time. */
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

/** A content key in use. All members are secret or lead to secrets. */
export interface SegmentKey {
  readonly scheme: 'cenc' | 'cbcs'
  /** 16 bytes. */
  readonly key: Uint8Array
  /** Constant IV of `cbcs`, 16 bytes. */
  readonly iv?: Uint8Array
}

/** Identifies the track, which separates its counter blocks from all others under the same key. */
export interface TrackIdentity {
  readonly timelineId: string
  readonly version: string
  readonly trackId: string
}

/** The facts of a track that protection depends on. */
export interface ProtectedTrack {
  readonly identity: TrackIdentity
  readonly type: 'video' | 'audio' | 'text'
  /** Absent if samples are encrypted whole. */
  readonly subsamples?: SubsampleMap
}

/** Video is encrypted one block in ten, audio fully (ISO/IEC 23000-19 8.2.3). */
export const patternOf = (type: ProtectedTrack['type']) =>
  type === 'video' ? { crypt: 1, skip: 9 } : { crypt: 0, skip: 0 }

/** Encrypts a segment's samples in place as they arrive. */
export interface SegmentEncryptor {
  /** Encrypts the samples that lie completely before byte `until` and are not yet encrypted. */
  encryptUntil(until: number): void
  /** The bytes that precede the samples; call it once all samples have arrived. */
  head(): Uint8Array
}

/** Starts encrypting `samples`, the buffer they arrive in. */
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
 * The counter block of a segment's first sample: 6 bytes for the track, 7 for the decode time, 3 for the blocks that
 * follow (256 MB). No two segments under a key share a block: another track, version or channel differs in the first
 * bytes, another segment of the track in the time; a part of a segment that was cut again has either the same samples
 * from the same time or a time of its own.
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
