/**
 * The decryption data of a fragment's samples: `senc` (ISO/IEC 23001-7 7.2), and `saiz` and `saio` that point to it
 * (ISO/IEC 14496-12 8.7.8, 8.7.9).
 */
import { HeadendError } from '../../errors.ts'
import type { Subsamples } from '../cenc/subsamples.ts'
import type { ByteWriter } from './byte-writer.ts'

/** By sample; a member is absent if samples have none: with a constant IV, or no subsamples. */
export interface SampleEncryption {
  /** 16 bytes each, concatenated. */
  readonly ivs?: Uint8Array
  readonly subsamples?: readonly Subsamples[]
}

const ivBytes = 16
/** The maximum size of a sample's entry; `saiz` has 8 bits for it. */
const maxBytes = 255

/** Sizes of the samples' entries; throws CENC_SUBSAMPLES if one is too long for `saiz`. */
export function auxiliarySizes({ ivs, subsamples }: SampleEncryption, count: number): Uint8Array {
  const sizes = new Uint8Array(count)
  for (let i = 0; i < count; i++) {
    const pairs = (subsamples?.[i]?.length ?? 0) / 2
    const bytes = (ivs ? ivBytes : 0) + (subsamples ? 2 + 6 * pairs : 0)
    if (bytes > maxBytes)
      throw new HeadendError(
        'CENC_SUBSAMPLES',
        `senc: expected at most ${maxBytes} bytes a sample, got ${bytes} at sample ${i + 1}, which has ${pairs} protected pieces`,
      )
    sizes[i] = bytes
  }
  return sizes
}

/** The length of all three boxes; 0 if the samples have no data. */
export function auxiliaryLength(sizes: Uint8Array): number {
  const total = sizes.reduce((sum, size) => sum + size, 0)
  if (total === 0) return 0
  const saiz = 12 + 1 + 4 + (shared(sizes) === undefined ? sizes.length : 0)
  const saio = 12 + 4 + 4
  return saiz + saio + 12 + 4 + total
}

/** Writes them; `moofAt` is the position of the fragment's `moof`, which `saio` counts from. */
export function writeAuxiliary(
  to: ByteWriter,
  encryption: SampleEncryption,
  { sizes, moofAt }: { readonly sizes: Uint8Array; readonly moofAt: number },
): void {
  if (auxiliaryLength(sizes) === 0) return
  const size = shared(sizes)
  to.fullBox('saiz', 0, 0, () => {
    to.u8(size ?? 0)
    to.u32(sizes.length)
    if (size === undefined) to.bytes(sizes)
  })
  to.fullBox('saio', 0, 0, () => {
    to.u32(1)
    // The offset of the first entry, after this field and the header of `senc`.
    to.u32(to.position + 4 + 16 - moofAt)
  })
  const { ivs, subsamples } = encryption
  to.fullBox('senc', 0, subsamples ? 2 : 0, () => {
    to.u32(sizes.length)
    for (let i = 0; i < sizes.length; i++) {
      if (ivs) to.bytes(ivs.subarray(i * ivBytes, (i + 1) * ivBytes))
      const pairs = subsamples?.[i]
      if (!pairs) continue
      to.u16(pairs.length / 2)
      for (let pair = 0; pair < pairs.length; pair += 2) {
        to.u16(pairs[pair] ?? 0)
        to.u32(pairs[pair + 1] ?? 0)
      }
    }
  })
}

const shared = (sizes: Uint8Array): number | undefined =>
  sizes.every((size) => size === sizes[0]) ? sizes[0] : undefined
