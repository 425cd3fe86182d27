/** Samples of a track as they are delivered. */
import { boxes } from '../../../lib/formats/isobmff/box.ts'
import { ByteReader } from '../../../lib/formats/isobmff/byte-reader.ts'
import { type FragmentSample, fragmentSamples } from '../../../lib/formats/isobmff/fragment-samples.ts'
import { readMoof } from '../../../lib/formats/isobmff/moof.ts'
import { readMoov } from '../../../lib/formats/isobmff/moov.ts'
import type { Track } from '../../../lib/timeline/timeline.ts'
import type { Shelf } from '../films/shelf.ts'

/** A sample with its bytes. */
export type DeliveredSample = FragmentSample & { readonly bytes: Uint8Array }

/** All of a track in decoding order. */
export async function deliveredSamples(shelf: Shelf, track: Track): Promise<DeliveredSample[]> {
  const whole = await shelf.track(track)
  return samplesOf(whole).map((sample) => ({
    ...sample,
    bytes: whole.subarray(sample.offset, sample.offset + sample.size),
  }))
}

/** The same of an init and segments, one behind the other, without bytes. */
export function samplesOf(whole: Uint8Array): FragmentSample[] {
  const all = [...boxes(new ByteReader(whole))]
  const moov = all.find(({ type }) => type === 'moov')
  const defaults = moov ? (readMoov(moov).fragmentDefaults ?? []) : []
  return all.filter(({ type }) => type === 'moof').flatMap((box) => fragmentSamples(readMoof(box), defaults))
}
