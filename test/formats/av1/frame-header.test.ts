/** Frame headers of AV1 end where FFmpeg says, to the bit. */
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { corpus, corpusMissing } from '../../judges/corpus.ts'
import { tracerMissing } from '../trace-headers.ts'
import { randomFrames } from './random-frames.ts'
import { type Av1Variant, copiedAv1, encodedAv1, HeaderReader, tracedAv1 } from './traced-frames.ts'

const aom = (...options: readonly string[]) => [
  '-c:v',
  'libaom-av1',
  '-cpu-used',
  '8',
  '-pix_fmt',
  'yuv420p',
  ...options,
]
const svt = (...options: readonly string[]) => ['-c:v', 'libsvtav1', '-preset', '8', ...options]
const noise = 'testsrc2=s=208x120:r=25:d=0.4,noise=alls=40:allf=t'
/** Of as many superblocks as there are to be tiles. */
const wide = 'testsrc2=s=256x128:r=25:d=0.4'

const variants: readonly Av1Variant[] = [
  ['with hidden frames', aom()],
  ['in tiles', aom('-tiles', '2x2'), wide],
  ['in several tile groups', aom('-tiles', '4x2', '-b:v', '2M', '-aom-params', 'num-tile-groups=3'), wide],
  ['with film grain', aom('-denoise-noise-level', '30'), noise],
  ['with superres', svt('-svtav1-params', 'superres-mode=2')],
  ['with errors in mind', aom('-error-resilience', 'default')],
  ['of ten bits in 4:4:4 with grain', aom('-pix_fmt', 'yuv444p10le', '-denoise-noise-level', '30'), noise],
  ['of twelve bits in 4:2:2', aom('-pix_fmt', 'yuv422p12le')],
  ['of sRGB', aom('-pix_fmt', 'gbrp')],
  ['in grey', aom('-pix_fmt', 'gray')],
  ['without loss', aom('-crf', '0', '-aom-params', 'lossless=1'), 'testsrc2=s=208x120:r=25:d=0.2'],
  ['of screens', aom('-aom-params', 'tune-content=screen')],
  ['with segments by variance', aom('-aq-mode', '1')],
  ['with segments that are refreshed', aom('-aq-mode', '3', '-usage', 'realtime', '-b:v', '300k')],
  ['with quantizer matrices', aom('-aom-params', 'enable-qm=1')],
  ['with a decoder model', aom('-aom-params', 'timing-info=model')],
  ['without order', aom('-aom-params', 'enable-order-hint=0')],
  ['of a still picture', aom('-still-picture', '1', '-frames:v', '1')],
  ['of SVT-AV1', svt('-pix_fmt', 'yuv420p10le')],
  ['of SVT-AV1 with grain', svt('-pix_fmt', 'yuv420p', '-svtav1-params', 'film-grain=20'), noise],
  ['of rav1e', ['-c:v', 'librav1e', '-speed', '10', '-tiles', '4']],
]

interface Traced {
  readonly units: readonly Uint8Array[]
  readonly headerBits: readonly (readonly number[] | undefined)[]
}

/** Streams as they were made and as FFmpeg reads them, one behind the other. */
function allTraced(): ReadonlyMap<string, Traced> {
  const streams = [...encodedAv1(variants)]
  const traced = tracedAv1(streams.flatMap(([, units]) => units))
  let from = 0
  return new Map(
    streams.map(([name, units]) => {
      from += units.length
      return [name, { units, headerBits: traced.slice(from - units.length, from) }]
    }),
  )
}

function expectAlike({ units, headerBits }: Traced): void {
  const reader = new HeaderReader()
  expect(units.length).toBeGreaterThan(0)
  expect(units.map((unit) => reader.readUnit(unit))).toEqual(headerBits)
}

describe.skipIf(tracerMissing !== undefined)(`the frame header of AV1 ${tracerMissing ?? ''}`, () => {
  let streams: ReturnType<typeof allTraced>
  beforeAll(() => {
    streams = allTraced()
  })

  it.for(variants)('ends where FFmpeg says: %s', ([name]) => {
    expectAlike(streams.get(name) ?? expect.fail(`no stream ${name}`))
  })

  it.skipIf(corpusMissing !== undefined)(`and in the corpus ${corpusMissing ?? ''}`, () => {
    const units = copiedAv1(join(corpus, 'media/mp4/sample_av1.mp4'))
    expectAlike({ units, headerBits: tracedAv1(units) })
  })

  it('and where all its bits are random', () => {
    const { units, headerBits } = randomFrames(300, 4)
    const traced = tracedAv1(units)
    let compared = 0
    let isLost = false
    for (const [i, bits] of headerBits.entries()) {
      // FFmpeg refuses some frames that cannot be decoded; those after them build on what it did not keep.
      if ((units[i]?.[3] ?? 0) >> 3 === 1) isLost = false
      isLost ||= traced[i] === undefined
      if (isLost) continue
      expect(traced[i], `unit ${i}`).toEqual([bits])
      compared++
    }
    expect(compared).toBeGreaterThan(1000)
  })
})
