/** Common Encryption (ISO/IEC 23001-7). */
export { type Aes, encipherBlock } from './aes.ts'
export { av1Subsamples } from './av1-subsamples.ts'
export { block } from './block.ts'
export { cbcsCipher } from './cbcs.ts'
export { cencCipher } from './cenc.ts'
export { avcSubsamples, hevcSubsamples } from './nal-subsamples.ts'
export type { Scheme, SubsampleMap, Subsamples } from './subsamples.ts'
