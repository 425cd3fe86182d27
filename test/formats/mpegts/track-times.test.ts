/** Times of samples: audio at its own clock, pictures at theirs, and what is done with times that can't be. */
import { describe, expect, it } from 'vitest'
import {
  type AccessUnit,
  elementaryTracks,
  stretchesOf,
  type TracksOptions,
} from '../../../lib/formats/mpegts/index.ts'
import { annexB, avcPps, avcSlice, avcSps } from './avc-stream.ts'
import { tracksOf } from './to-cmaf.ts'
import { TsWriter } from './ts-writer.ts'

const adtsFrame = Uint8Array.from([0xff, 0xf1, 0x4c, 0x80, 0x01, 0x7f, 0xfc, 1, 2, 3, 4])
const to = new TsWriter().tables([
  { pid: 1, type: 0x1b },
  { pid: 2, type: 0x0f, descriptors: [0x0a, 4, ...Buffer.from('ger'), 0] },
])
to.pes(1, { data: annexB([avcSps(), avcPps(), avcSlice({ isIdr: true })]), pts: 0 })
to.pes(2, { data: adtsFrame, pts: 0, streamId: 0xc0 })
const made = tracksOf(to.bytes)
const streams = [
  { pid: 1, type: 0x1b, kind: 'avc', name: 'H.264' },
  { pid: 2, type: 0x0f, kind: 'aac', name: 'AAC', language: 'deu' },
] as const
const configs = new Map(made.units.map(({ pid, config }) => [pid, config]))

function unit(pid: number, dtsTicks?: number, more: Partial<AccessUnit> = {}): AccessUnit {
  const config = configs.get(pid)
  if (!config) throw new Error(`no unit of PID ${pid}`)
  const told = dtsTicks === undefined ? {} : { ptsTicks: dtsTicks, dtsTicks }
  return { pid, config, ...told, bytes: new Uint8Array(4), sync: 'idr', isDamaged: false, ...more }
}
function times(units: readonly AccessUnit[], options: TracksOptions = {}) {
  const { tracks, ...rest } = elementaryTracks(units, { streams }, options)
  const samples = tracks.flatMap((track) => track.samples)
  return { ...rest, samples: samples.map(({ decodeTicks, durationTicks }) => [decodeTicks, durationTicks]) }
}

describe('audio', () => {
  it('follows its own clock as long as times are less than half a frame off', () => {
    // 512 samples of 48 kHz are 960 ticks of 90 kHz.
    const units = [0, 1921, 3839, 5760 + 900, 7680 - 900].map((ticks) => unit(2, ticks))
    expect(times(units).samples).toEqual([0, 1, 2, 3, 4].map((i) => [i * 1024, 1024]))
  })

  it('is moved by more, and the frame before it lasts until there', () => {
    const units = [unit(2, 0), unit(2), unit(2, 9600), unit(2)]
    expect(times(units).samples).toEqual([
      [0, 1024],
      [1024, 4096],
      [5120, 1024],
      [6144, 1024],
    ])
  })

  it('that comes twice is left out the second time', () => {
    const { samples, problems } = times([0, 1920, 0, 1920, 3840].map((ticks) => unit(2, ticks)))
    expect(samples).toEqual([
      [0, 1024],
      [1024, 1024],
      [2048, 1024],
    ])
    expect(problems).toMatchObject([{ code: 'TS_TIMES', pid: 2 }])
  })

  it('goes on where the stretch before ended, and leaves out what has no time at the start of all', () => {
    const after = [{ pid: 2, timescale: 48000, decodeTicks: 48000 }]
    expect(times([unit(2), unit(2, 91920 + 300)], { after }).samples).toEqual([
      [48000, 1024],
      [49024, 1024],
    ])
    const { samples, ends } = times([unit(2), unit(2, 96000)], { originTicks: 90000 })
    expect(samples).toEqual([[3200, 1024]])
    expect(ends).toEqual([{ pid: 2, timescale: 48000, decodeTicks: 4224 }])
  })

  it('has the language of its stream', () => {
    expect(elementaryTracks([unit(2, 0)], { streams }).tracks[0]?.language).toBe('deu')
  })
})

describe('video', () => {
  it('lasts until the next picture, the last as long as the one before or until what follows', () => {
    const units = [0, 3003, 6006].map((ticks) => unit(1, ticks))
    expect(times(units).samples).toEqual([
      [0, 3003],
      [3003, 3003],
      [6006, 3003],
    ])
    expect(times(units, { nextDtsTicks: new Map([[1, 12012]]) }).samples.at(-1)).toEqual([6006, 6006])
    expect(times([unit(1, 0)]).samples).toEqual([[0, 3600]])
  })

  it('without a time that follows is left out, and said', () => {
    const { samples, problems } = times([0, 3600, 9e8, 7200, 7200, 10800].map((ticks) => unit(1, ticks)))
    expect(samples.map(([decode]) => decode)).toEqual([0, 3600, 7200, 10800])
    expect(problems).toMatchObject([
      { code: 'TS_TIMES', message: expect.stringContaining('got 2') as string },
    ])
  })

  it('at the end with a time far off is left out: nothing lasts until there', () => {
    const { samples, problems } = times([0, 3600, 9e8].map((ticks) => unit(1, ticks)))
    expect(samples).toEqual([
      [0, 3600],
      [3600, 3600],
    ])
    expect(problems).toMatchObject([{ code: 'TS_TIMES' }])
  })

  it('that is damaged is left out unless it is asked for', () => {
    const units = [unit(1, 0), unit(1, 3600, { isDamaged: true }), unit(1, 7200)]
    expect(times(units).samples).toHaveLength(2)
    expect(times(units, { keepsDamaged: true }).samples).toHaveLength(3)
  })
})

describe('a stretch', () => {
  it('ends where times jump for good, each stream by itself', () => {
    const first = [unit(1, 900000), unit(2, 900000), unit(1, 903600)]
    const second = [0, 3600, 7200].map((ticks) => unit(1, ticks))
    const late = [unit(2, 901920), unit(2)]
    const sound = [0, 1920, 3840].map((ticks) => unit(2, ticks))
    const stretches = stretchesOf([...first, ...second, ...late, ...sound])
    expect(stretches).toEqual([
      [...first, ...late],
      [...second, ...sound],
    ])
  })

  it('goes on behind one time that is off', () => {
    const units = [0, 3600, 9e8, 7200, 10800].map((ticks) => unit(1, ticks))
    expect(stretchesOf(units)).toEqual([units])
    expect(stretchesOf([])).toEqual([])
  })
})
