import { beforeAll, describe, expect, it } from 'vitest'
import { readAvcPps } from '../../../lib/formats/avc/pps.ts'
import { type AvcParameterSets, avcSliceHeaderBytes } from '../../../lib/formats/avc/slice-header.ts'
import { readSps } from '../../../lib/formats/avc/sps.ts'
import { bytesHolding, tracedStreams, tracerMissing, type Variant } from '../trace-headers.ts'

const typeOf = (nal: Uint8Array): number => (nal[0] ?? 0) & 31

function setsOf(nals: readonly Uint8Array[]): AvcParameterSets {
  const sps = nals.filter((nal) => typeOf(nal) === 7).map((nal) => readSps(nal).slices)
  const pps = nals.filter((nal) => typeOf(nal) === 8).map(readAvcPps)
  return { sps: new Map(sps.map((one) => [one.id, one])), pps: new Map(pps.map((one) => [one.id, one])) }
}

const x264 = (...options: readonly string[]) => ['-c:v', 'libx264', '-preset', 'fast', ...options]

const plain: Variant = ['without B pictures', x264('-bf', '0')]
const variants: readonly Variant[] = [
  ['of High with B pyramid and weights', x264('-bf', '3', '-weightp', '2', '-refs', '4')],
  ['of Baseline with CAVLC', x264('-profile:v', 'baseline')],
  ['of Main with eight slices', x264('-profile:v', 'main', '-slices', '8')],
  ['of interlaced pictures', x264('-flags', '+ildct+ilme', '-bf', '2', '-refs', '3')],
  ['of pictures with the field pairs faked', x264('-x264-params', 'fake-interlaced=1:bframes=1')],
  ['of open groups', x264('-x264-params', 'open-gop=1:keyint=10:bframes=3:b-pyramid=normal')],
  ['of intra refresh', x264('-x264-params', 'intra-refresh=1:keyint=12')],
  ['of 4:4:4', [...x264('-profile:v', 'high444'), '-pix_fmt', 'yuv444p']],
  ['of High 10', [...x264('-profile:v', 'high10'), '-pix_fmt', 'yuv420p10']],
  ['without deblocking', x264('-x264-params', 'no-deblock=1:weightb=0:direct=temporal')],
  plain,
]

describe.skipIf(tracerMissing !== undefined)(`the slice header of H.264 ${tracerMissing ?? ''}`, () => {
  let streams: ReturnType<typeof tracedStreams>
  beforeAll(() => {
    streams = tracedStreams(variants, 'h264')
  })
  const streamOf = ([name]: Variant) => streams.get(name) ?? expect.fail(`no stream ${name}`)

  it.each(variants)('ends where FFmpeg says: %s', (...variant) => {
    const { nals, headerBits } = streamOf(variant)
    const sets = setsOf(nals)
    const slices = nals.filter((nal) => typeOf(nal) === 1 || typeOf(nal) === 5)
    expect(slices.length).toBeGreaterThan(20)
    expect(headerBits).toHaveLength(slices.length)
    for (const [i, nal] of slices.entries())
      expect(avcSliceHeaderBytes(nal, sets), `slice ${i}`).toBe(bytesHolding(nal, headerBits[i] ?? 0))
  })

  it('is refused where it names an unknown set or is cut off', () => {
    const { nals } = streamOf(plain)
    const slice = nals.find((nal) => typeOf(nal) === 5) ?? new Uint8Array()
    const none = { sps: new Map(), pps: new Map() }
    expect(() => avcSliceHeaderBytes(slice, none)).toThrow(/picture parameter set/)
    expect(() => avcSliceHeaderBytes(slice.subarray(0, 2), setsOf(nals))).toThrow(/slice header: expected/)
  })
})
