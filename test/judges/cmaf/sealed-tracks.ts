/** Small protected CMAF tracks, for the judge's own tests to break. */
import type { SubsampleMap } from '../../../lib/formats/cenc/subsamples.ts'
import type { Fragment } from '../../../lib/formats/isobmff/segment.ts'
import { segmentEncryptor } from '../../../lib/packaging/segments/encryption/protect-segment.ts'
import { protectedInit } from '../../../lib/packaging/segments/encryption/protected-media.ts'
import { nodeAes } from '../../../lib/platform/crypto/aes.ts'
import { avc1 } from '../../packaging/films/make-film.ts'
import { boxOf } from '../media/rebox.ts'
import type { CmafTrack } from './rules.ts'
import { header, pictures, sound } from './tracks.ts'

/** The key of all of them. */
const sealedKey = {
  kid: '0123456789abcdef0123456789abcdef',
  key: new Uint8Array(16).fill(7),
  iv: new Uint8Array(16).fill(9),
}

/** A message, and a slice whose data is no whole number of blocks. */
const message = Buffer.from([0, 0, 0, 3, 6, 5, 0])
const slice = (type: number): Buffer => {
  const bytes = Buffer.alloc(4 + 617, 0x55)
  bytes.writeUInt32BE(617)
  bytes[4] = type
  return bytes
}
const [idr, other] = [Buffer.concat([message, slice(0x65)]), slice(0x41)]

/** Pictures or sound under a scheme. */
export function sealed(type: 'video' | 'audio', scheme: 'cenc' | 'cbcs'): CmafTrack {
  const { init, facts } = type === 'video' ? pictures : sound
  return {
    init: protectedInit({
      aes: nodeAes,
      init,
      type,
      encryption: { scheme, label: 'ALL', period: 0 },
      key: sealedKey,
    }),
    segments: [0, 1].map((i) => (type === 'video' ? pictureSegment(scheme, i) : soundSegment(scheme, i))),
    facts: { ...facts, key: { scheme, kid: sealedKey.kid } },
  }
}

/** The length of the data that is protected: whole blocks under cenc. */
const guarded = (scheme: string): number => (scheme === 'cenc' ? 608 : 617 - 4)

const mapOf =
  (scheme: string): SubsampleMap =>
  ({ length }) => [length - guarded(scheme), guarded(scheme)]

function pictureSegment(scheme: 'cenc' | 'cbcs', i: number): Uint8Array {
  const told = {
    compositionOffsets: Int32Array.of(0, 40, -40, 0),
    durations: Uint32Array.of(40, 40, 40, 40),
    sync: Uint8Array.of(1, 0, 0, 0),
  }
  const fragment = { ...told, trackId: 1, sequence: i + 1, decodeTime: i * 160 }
  return segmentOf(scheme, [idr, other, other, other], { ...fragment, subsamples: mapOf(scheme) })
}

const av01 = boxOf(
  'av01',
  Buffer.concat([avc1.subarray(8, 8 + 78), boxOf('av1C', Buffer.from('81050c00', 'hex'))]),
)
/** A temporal delimiter, and a frame whose two tiles are 16 and 608 bytes behind headers of 20 and 4. */
const frame = Buffer.concat([Buffer.from('1200328805', 'hex'), Buffer.alloc(648, 0x55)])

/** One segment of AV1 under cenc. */
export const sealedAv1: CmafTrack = {
  init: protectedInit({
    aes: nodeAes,
    init: header({
      type: 'video',
      sampleEntry: av01,
      width: 1280 * 65536,
      height: 720 * 65536,
      brands: ['av01'],
    }),
    type: 'video',
    encryption: { scheme: 'cenc', label: 'ALL', period: 0 },
    key: sealedKey,
  }),
  segments: [
    segmentOf('cenc', [frame], {
      trackId: 1,
      sequence: 1,
      decodeTime: 0,
      durations: Uint32Array.of(40),
      sync: Uint8Array.of(1),
      subsamples: () => [5 + 20, 16, 4, 608],
    }),
  ],
}

function soundSegment(scheme: 'cenc' | 'cbcs', i: number): Uint8Array {
  const fragment = { trackId: 2, sequence: i + 1, decodeTime: i * 3072 }
  const samples = [41, 52, 40].map((length) => Buffer.alloc(length, 1))
  return segmentOf(scheme, samples, { ...fragment, durations: Uint32Array.of(1024, 1024, 1024) })
}

function segmentOf(
  scheme: 'cenc' | 'cbcs',
  samples: readonly Uint8Array[],
  { subsamples, ...told }: Omit<Fragment, 'sizes'> & { readonly subsamples?: SubsampleMap },
): Uint8Array {
  const bytes = Buffer.concat(samples)
  const fragment = { ...told, sizes: Uint32Array.from(samples, ({ length }) => length) }
  const sealer = segmentEncryptor(
    nodeAes,
    { scheme, key: sealedKey.key, iv: sealedKey.iv },
    {
      identity: { timelineId: 'vod/film', version: '1', trackId: 'video-1' },
      type: subsamples ? 'video' : 'audio',
      ...(subsamples && { subsamples }),
    },
    { fragment, samples: bytes },
  )
  return Buffer.concat([sealer.head(), bytes])
}
