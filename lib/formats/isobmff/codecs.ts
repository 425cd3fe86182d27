/** The supported codecs, by sample entry. */

import type { CodecReader } from './codec.ts'
import { readAc3Entry } from './codec-ac3.ts'
import { readAv1Entry } from './codec-av1.ts'
import { readAvcEntry } from './codec-avc.ts'
import { readEac3Entry } from './codec-eac3.ts'
import { readFlacEntry } from './codec-flac.ts'
import { readHevcEntry } from './codec-hevc.ts'
import { readMp3Entry } from './codec-mp3.ts'
import { readMp4aEntry } from './codec-mp4a.ts'
import { readOpusEntry } from './codec-opus.ts'
import { readVp9Entry } from './codec-vp9.ts'

/** Video codecs, by four-cc of the sample entry. */
export const videoCodecs: ReadonlyMap<string, CodecReader> = new Map<string, CodecReader>([
  ['av01', readAv1Entry],
  ['avc1', readAvcEntry],
  ['avc3', readAvcEntry],
  ['dav1', readAv1Entry],
  ['dva1', readAvcEntry],
  ['dvav', readAvcEntry],
  ['dvh1', readHevcEntry],
  ['dvhe', readHevcEntry],
  ['hev1', readHevcEntry],
  ['hvc1', readHevcEntry],
  ['vp09', readVp9Entry],
])

/** Audio codecs. */
export const audioCodecs: ReadonlyMap<string, CodecReader> = new Map<string, CodecReader>([
  ['.mp3', readMp3Entry],
  ['Opus', readOpusEntry],
  ['ac-3', readAc3Entry],
  ['ec-3', readEac3Entry],
  ['fLaC', readFlacEntry],
  ['mp4a', readMp4aEntry],
])

/** All codecs; others can't be delivered. */
export const codecs: ReadonlyMap<string, CodecReader> = new Map([...videoCodecs, ...audioCodecs])
