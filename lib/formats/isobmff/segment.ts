/** A CMAF segment of one track: `styp`, `moof`, `mdat` (ISO/IEC 23000-19 7.3.3). */
import { HeadendError } from '../../errors.ts'
import { ByteWriter } from './byte-writer.ts'
import { nonSyncBit } from './fragment-samples.ts'
import { writeFtyp } from './ftyp.ts'
import { writeMfhd } from './mfhd.ts'
import { sbgpBytes, writeSbgp } from './sbgp.ts'
import { auxiliaryLength, auxiliarySizes, type SampleEncryption, writeAuxiliary } from './senc.ts'
import { seigBytes, writeSeig } from './sgpd.ts'
import type { TrackEncryption } from './tenc.ts'
import { writeTfdt } from './tfdt.ts'
import { type TrackFragmentHeader, writeTfhd } from './tfhd.ts'
import { type TrackRun, writeTrun } from './trun.ts'

/** The samples of a segment in decoding order, without their bytes. */
export interface Fragment {
  /** Increases from segment to segment. */
  readonly sequence: number
  readonly trackId: number
  readonly decodeTime: number
  readonly sizes: Uint32Array
  readonly durations: Uint32Array
  /** Presentation minus decode time; absent if always 0. */
  readonly compositionOffsets?: Int32Array
  /** 1 for each sync sample; absent if all are. */
  readonly sync?: Uint8Array
  /** Set if all samples need the preceding ones according to the init segment's `roll` group. */
  readonly rolls?: true
  /** Decryption data of protected samples. */
  readonly encryption?: SampleEncryption
  /** The key of the samples, if it is not the one in their init segment. */
  readonly ownKey?: OwnKey
}

/** A key that is newer than the init segment (ISO/IEC 23001-7 6, 8.1). */
export interface OwnKey {
  readonly encryption: TrackEncryption
  /** Whole boxes: the DRM systems' data for the key. */
  readonly pssh: readonly Uint8Array[]
}

/** The length up to the samples, and the total. */
export interface SegmentLength {
  readonly headBytes: number
  readonly totalBytes: number
}

const styp = { major: 'msdh', minor: 0, compatible: ['msdh', 'msix', 'cmfs'] }
const stypBytes = 8 + 8 + styp.compatible.length * 4
/** Sample flags: depends on no other sample; and: depends on others and is no sync sample (8.8.3.1). */
const syncFlags = 0x2000000
const nonSyncFlags = 0x1000000 | nonSyncBit

/** The exact length of the segment. */
export function segmentLength(fragment: Fragment): SegmentLength {
  const { header, run } = fields(fragment)
  const optional = [header.duration, header.size].filter((value) => value !== undefined).length
  const tfhd = 12 + 4 + 4 + 4 + optional * 4
  const perSample = [run.durations, run.sizes, run.flags, run.compositionOffsets].filter(Boolean).length * 4
  const trun = 12 + 4 + 4 + (run.firstFlags === undefined ? 0 : 4) + run.count * perSample
  const mfhd = 16
  const tfdt = 20
  const auxiliary = fragment.encryption ? auxiliaryLength(sizesOf(fragment.encryption, fragment)) : 0
  const groups = (fragment.rolls ? sbgpBytes : 0) + ownKeyBytes(fragment.ownKey)
  const moof = 8 + mfhd + 8 + tfhd + tfdt + trun + groups + auxiliary
  let payload = 0
  for (const size of fragment.sizes) payload += size
  const headBytes = stypBytes + moof + (8 + payload > 0xffffffff ? 16 : 8)
  return { headBytes, totalBytes: headBytes + payload }
}

/** The whole segment in one buffer; the caller copies the samples in from `headBytes` on. */
export function writeSegment(fragment: Fragment): SegmentLength & { readonly bytes: Uint8Array } {
  const { head, totalBytes } = writeSegmentHead(fragment)
  const bytes = new Uint8Array(totalBytes)
  bytes.set(head)
  return { headBytes: head.length, totalBytes, bytes }
}

/** The part of a segment before its samples. */
export function writeSegmentHead(fragment: Fragment): {
  readonly head: Uint8Array
  readonly totalBytes: number
} {
  const { headBytes, totalBytes } = segmentLength(fragment)
  const { header, run } = fields(fragment)
  const to = new ByteWriter(headBytes)
  writeFtyp(to, 'styp', styp)
  to.box('moof', () => {
    writeMfhd(to, fragment.sequence)
    to.box('traf', () => {
      writeTfhd(to, header)
      writeTfdt(to, fragment.decodeTime)
      writeTrun(to, { ...run, dataOffset: headBytes - stypBytes })
      const { encryption, ownKey, sizes } = fragment
      if (fragment.rolls) writeSbgp(to, 'roll', { count: sizes.length })
      if (ownKey) {
        writeSeig(to, ownKey.encryption)
        writeSbgp(to, 'seig', { count: sizes.length, own: true })
      }
      if (encryption)
        writeAuxiliary(to, encryption, { sizes: sizesOf(encryption, fragment), moofAt: stypBytes })
    })
    for (const pssh of fragment.ownKey?.pssh ?? []) to.bytes(pssh)
  })
  const mdatBytes = totalBytes - to.position
  if (mdatBytes > 0xffffffff) {
    to.u32(1)
    to.latin1('mdat')
    to.u64(mdatBytes)
  } else {
    to.u32(mdatBytes)
    to.latin1('mdat')
  }
  if (to.position !== headBytes)
    throw new HeadendError(
      'MP4_SEGMENT_LENGTH',
      `segment: expected a head of ${headBytes} bytes, got ${to.position}`,
      {
        status: 500,
      },
    )
  return { head: to.written, totalBytes }
}

function ownKeyBytes(ownKey: OwnKey | undefined): number {
  if (!ownKey) return 0
  return seigBytes(ownKey.encryption) + sbgpBytes + ownKey.pssh.reduce((sum, { length }) => sum + length, 0)
}

const sizesOf = (encryption: SampleEncryption, { sizes }: Fragment): Uint8Array =>
  auxiliarySizes(encryption, sizes.length)

/** Values that all samples share are written once, in `tfhd`; only the others take bytes per sample. */
function fields(fragment: Fragment): { readonly header: TrackFragmentHeader; readonly run: TrackRun } {
  const { sizes, durations, compositionOffsets, sync } = fragment
  const duration = shared(durations)
  const size = shared(sizes)
  const flags = flagsOf(sync)
  return {
    header: {
      trackId: fragment.trackId,
      description: 1,
      ...(duration !== undefined && { duration }),
      ...(size !== undefined && { size }),
      flags: flags.shared,
      durationIsEmpty: false,
      baseIsMoof: true,
    },
    run: {
      count: sizes.length,
      ...(flags.first !== undefined && { firstFlags: flags.first }),
      ...(duration === undefined && { durations }),
      ...(size === undefined && { sizes }),
      ...(flags.each && { flags: flags.each }),
      ...(compositionOffsets && { compositionOffsets }),
    },
  }
}

function shared(values: Uint32Array): number | undefined {
  const first = values[0]
  for (let i = 1; i < values.length; i++) if (values[i] !== first) return undefined
  return first
}

interface Flags {
  readonly shared: number
  readonly first?: number
  readonly each?: Uint32Array
}

function flagsOf(sync: Uint8Array | undefined): Flags {
  if (!sync?.includes(0)) return { shared: syncFlags }
  let syncs = 0
  for (const one of sync) syncs += one
  if (syncs === 0) return { shared: nonSyncFlags }
  if (syncs === 1 && sync[0] === 1) return { shared: nonSyncFlags, first: syncFlags }
  return {
    shared: nonSyncFlags,
    each: Uint32Array.from(sync, (one) => (one === 1 ? syncFlags : nonSyncFlags)),
  }
}
