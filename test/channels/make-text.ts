/** Segments of text as encoders of CMAF write them, of two seconds each, on a clock that begins with them. */
import { ByteWriter } from '../../lib/formats/isobmff/byte-writer.ts'
import { writeInit } from '../../lib/formats/isobmff/init.ts'
import { unityMatrix } from '../../lib/formats/isobmff/mvhd.ts'
import { writeSegment } from '../../lib/formats/isobmff/segment.ts'
import { writeStpp } from '../../lib/formats/isobmff/stpp.ts'
import { writeWvtt } from '../../lib/formats/isobmff/wvtt.ts'
import { writeWvttSample } from '../../lib/formats/isobmff/wvtt-sample.ts'
import { segmentSeconds, type Written } from './feeds.ts'

const timescale = 1000
const ticks = segmentSeconds * timescale

/** Their init segment. */
export function textInit(kind: 'wvtt' | 'stpp', language = 'ger'): Written {
  const to = new ByteWriter()
  if (kind === 'wvtt') writeWvtt(to, { header: 'WEBVTT' })
  else writeStpp(to, { namespace: 'http://www.w3.org/ns/ttml', schemaLocation: '', auxiliaryTypes: '' })
  const bytes = writeInit({
    type: kind === 'wvtt' ? 'text' : 'subtitle',
    trackId: 1,
    timescale,
    language,
    width: 0,
    height: 0,
    matrix: unityMatrix,
    sampleEntry: to.written,
    mediaStart: 0,
  })
  return { path: `${kind}/init.m4s`, bytes }
}

interface Sample {
  readonly bytes: Uint8Array
  readonly duration: number
}

function segmentOf(kind: string, number: number, samples: readonly Sample[], at = number - 1): Written {
  const { bytes, headBytes } = writeSegment({
    sequence: number,
    trackId: 1,
    decodeTime: at * ticks,
    sizes: Uint32Array.from(samples, (one) => one.bytes.length),
    durations: Uint32Array.from(samples, ({ duration }) => duration),
  })
  bytes.set(Buffer.concat(samples.map((one) => one.bytes)), headBytes)
  return { path: `${kind}/seg_${number}.m4s`, bytes }
}

/** WebVTT: half a second of nothing, then a line of one second; numbers from 1. */
export function wvttSegment(number: number): Written {
  const sample = (text: string | undefined, duration: number): Sample => {
    const to = new ByteWriter()
    writeWvttSample(to, text === undefined ? [] : [{ text }])
    return { bytes: to.written, duration }
  }
  const samples = [sample(undefined, 500), sample(`line ${number}`, 1000), sample(undefined, ticks - 1500)]
  return segmentOf('wvtt', number, samples)
}

/** TTML with the same line; `at` says where it counts from, in segments. */
export function stppSegment(number: number, at = number - 1): Written {
  const from = (number - 1) * segmentSeconds + 0.5
  const text = `<?xml version="1.0"?><tt xmlns="http://www.w3.org/ns/ttml" xml:lang="de"><head/><body><div><p begin="${from}s" end="${from + 1}s">line ${number}</p></div></body></tt>`
  return segmentOf('stpp', number, [{ bytes: Buffer.from(text), duration: ticks }], at)
}
