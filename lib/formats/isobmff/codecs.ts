/** The codecs we can deliver, by sample entry. */

import type { CodecReader } from './codec.ts'
import { readAvcEntry } from './codec-avc.ts'
import { readMp4aEntry } from './codec-mp4a.ts'

/** By four-cc of the sample entry; a codec that is absent can't be delivered. */
export const codecs: ReadonlyMap<string, CodecReader> = new Map<string, CodecReader>([
  ['avc1', readAvcEntry],
  ['avc3', readAvcEntry],
  ['mp4a', readMp4aEntry],
])
