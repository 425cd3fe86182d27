import { beforeAll, describe, expect, it } from 'vitest'
import { readHevcPps } from '../../../lib/formats/hevc/pps.ts'
import { type HevcParameterSets, hevcSliceHeaderBytes } from '../../../lib/formats/hevc/slice-header.ts'
import { readHevcSps } from '../../../lib/formats/hevc/sps.ts'
import { bytesHolding, tracedStreams, tracerMissing, type Variant } from '../trace-headers.ts'

const typeOf = (nal: Uint8Array): number => ((nal[0] ?? 0) >> 1) & 63

function setsOf(nals: readonly Uint8Array[]): HevcParameterSets {
  const sps = nals.filter((nal) => typeOf(nal) === 33).map((nal) => readHevcSps(nal).slices)
  const pps = nals.filter((nal) => typeOf(nal) === 34).map(readHevcPps)
  return { sps: new Map(sps.map((one) => [one.id, one])), pps: new Map(pps.map((one) => [one.id, one])) }
}

const x265 = (parameters: string) => [
  '-c:v',
  'libx265',
  '-preset',
  'fast',
  '-x265-params',
  `log-level=error:${parameters}`,
]

const plain: Variant = ['without B pictures', x265('bframes=0')]
const variants: readonly Variant[] = [
  ['with B pyramid and references', x265('bframes=4:ref=4:b-pyramid=1')],
  ['with wavefronts, whose starts it lists', x265('wpp=1:ctu=16:bframes=2')],
  ['without wavefronts', x265('wpp=0:bframes=2')],
  ['with four slices', x265('slices=4:wpp=1:ctu=16:min-cu-size=8:bframes=1')],
  ['with weights for P and B', x265('weightp=1:weightb=1:bframes=3:ref=3')],
  ['of open groups', x265('open-gop=1:keyint=10:min-keyint=5:bframes=3')],
  ['without SAO, deblocking and temporal motion', x265('sao=0:deblock=0:temporal-mvp=0')],
  ['with deblocking offsets and chroma offsets', x265('deblock=-2,-1:cbqpoffs=3:crqpoffs=-3')],
  ['of Main 10', [...x265('bframes=2'), '-pix_fmt', 'yuv420p10']],
  ['of 4:4:4', [...x265('bframes=2'), '-pix_fmt', 'yuv444p']],
  ['of grey pictures', [...x265('bframes=2'), '-pix_fmt', 'gray']],
  plain,
]

describe.skipIf(tracerMissing !== undefined)(
  `the slice segment header of H.265 ${tracerMissing ?? ''}`,
  () => {
    let streams: ReturnType<typeof tracedStreams>
    beforeAll(() => {
      streams = tracedStreams(variants, 'hevc')
    })
    const streamOf = ([name]: Variant) => streams.get(name) ?? expect.fail(`no stream ${name}`)

    it.each(variants)('ends where FFmpeg says: %s', (...variant) => {
      const { nals, headerBits } = streamOf(variant)
      const sets = setsOf(nals)
      const slices = nals.filter((nal) => typeOf(nal) < 32)
      expect(slices.length).toBeGreaterThan(20)
      expect(headerBits).toHaveLength(slices.length)
      for (const [i, nal] of slices.entries()) {
        // What follows the alignment bits, which FFmpeg lists as part of the header.
        expect(hevcSliceHeaderBytes(nal, sets), `slice ${i}`).toBe(bytesHolding(nal, headerBits[i] ?? 0))
      }
    })

    it('is refused where it names an unknown set or is cut off', () => {
      const { nals } = streamOf(plain)
      const slice = nals.find((nal) => typeOf(nal) === 19 || typeOf(nal) === 20) ?? new Uint8Array()
      const none = { sps: new Map(), pps: new Map() }
      expect(() => hevcSliceHeaderBytes(slice, none)).toThrow(/picture parameter set/)
      expect(() => hevcSliceHeaderBytes(slice.subarray(0, 3), setsOf(nals))).toThrow(/slice segment header/)
    })
  },
)
