/** Encrypts samples that have all come. */
import { cbcsCipher } from '../../../lib/formats/cenc/cbcs.ts'
import { cencCipher } from '../../../lib/formats/cenc/cenc.ts'
import type { SampleCipher } from '../../../lib/formats/cenc/sample-cipher.ts'
import type { Subsamples } from '../../../lib/formats/cenc/subsamples.ts'
import { nodeAes } from '../../../lib/platform/crypto/aes.ts'

/** A segment's samples, one after another. */
export interface Samples {
  readonly bytes: Uint8Array
  readonly sizes: Uint32Array
  /** Of each sample; absent where samples are protected whole. */
  readonly subsamples?: readonly Subsamples[]
}

/** Under `cenc`, in place; gives the samples' IVs, 16 bytes each, one after another. */
export function sealCenc(key: Uint8Array, iv: Uint8Array, samples: Samples): Uint8Array {
  const { bytes, sizes } = samples
  const cipher = cencCipher(nodeAes, { key, iv }, { bytes, count: sizes.length })
  takeAll(cipher, samples)
  return cipher.ivs
}

/** Under `cbcs`, in place. */
export function sealCbcs(key: Parameters<typeof cbcsCipher>[1], samples: Samples): void {
  takeAll(cbcsCipher(nodeAes, key, samples.bytes), samples)
}

function takeAll(cipher: SampleCipher, { sizes, subsamples }: Samples): void {
  let at = 0
  for (const [i, size] of sizes.entries()) {
    cipher.take(at, subsamples?.[i] ?? [0, size])
    at += size
  }
  cipher.end()
}
