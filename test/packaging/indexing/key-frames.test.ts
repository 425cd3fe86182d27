/** Tables that name every picture as a key frame, or none: what the pictures themselves are counts. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { counted, type ReadTally } from '../../../lib/packaging/reading/source.ts'
import { ffmpegFilm, ffmpegMissing } from '../../house/ffmpeg.ts'
import { bytesSource } from '../films/films.ts'
import { shelve } from '../films/shelf.ts'
import { boxOf, editBoxes, tableOf } from '../reading/edit-boxes.ts'

const source = (seconds: number) => `-f lavfi -i testsrc2=size=64x64:rate=25:duration=${seconds}`
const gop = '-g 50 -keyint_min 50 -sc_threshold 0'
const avc = `-c:v libx264 -preset ultrafast -pix_fmt yuv420p -crf 40 -bf 2 -b_strategy 0 ${gop}`
const hevc = (more: string) =>
  `-c:v libx265 -preset ultrafast -pix_fmt yuv420p -tag:v hvc1 -x265-params log-level=error:keyint=50:min-keyint=50:scenecut=0:bframes=2:b-adapt=0:crf=40:${more}`
const words: Readonly<Record<string, string>> = {
  'H.264': `${source(14)} ${avc}`,
  'H.264 in fragments': `${source(14)} ${avc} -movflags frag_keyframe+empty_moov+default_base_moof`,
  HEVC: `${source(14)} ${hevc('open-gop=0')}`,
  'HEVC with leading pictures': `${source(14)} ${hevc('open-gop=1')}`,
  AV1: `${source(14)} -c:v libsvtav1 -preset 12 -crf 60 ${gop} -svtav1-params scd=0`,
}
const made = (name: string): Uint8Array => readFileSync(ffmpegFilm(words[name] ?? name))

const stss = 'moov/trak/mdia/minf/stbl/stss'
/** The film with another table of sync samples; none without numbers. */
const naming = (film: Uint8Array, numbers?: readonly number[]): Uint8Array =>
  editBoxes(film, (_, path) =>
    path !== stss ? undefined : numbers ? tableOf('stss', numbers.length, ...numbers) : boxOf('free'),
  )

/** Where segments and pictures to wind by begin, and what was said and read. */
async function cutsOf(film: Uint8Array) {
  const tally: ReadTally = { requests: 0, bytes: 0 }
  const { films } = await shelve(counted(bytesSource(film), tally))
  const [picture, trick] = films.timeline.tracks
  const starts = [picture, trick].map((track) => track?.segments.map(({ start }) => start / track.timescale))
  return { starts, codes: films.warnings.map(({ code }) => code), warnings: films.warnings, tally }
}

describe.skipIf(ffmpegMissing)('key frames', () => {
  it.each(['H.264', 'HEVC', 'HEVC with leading pictures', 'AV1'])(
    'of %s are found where all pictures are named, or none are',
    async (name) => {
      const film = made(name)
      const right = await cutsOf(film)
      expect(right.codes).toEqual([])
      expect(right.starts[0]?.length).toBeGreaterThan(1)
      const all = Array.from({ length: 350 }, (_, i) => i + 1)
      for (const numbers of [undefined, all, [], [0, 9999]]) {
        const { starts, codes, warnings } = await cutsOf(naming(film, numbers))
        expect(starts, `${numbers?.length} named`).toEqual(right.starts)
        expect(codes).toEqual(['MP4_SYNC_WRONG'])
        expect(warnings[0]?.reason).toMatch(/; 7 were found by reading 3\d\d pictures$/)
      }
    },
  )

  it('in fragments that name all of them are found', async () => {
    const film = Buffer.from(made('H.264 in fragments'))
    const right = await cutsOf(film)
    const lying = Buffer.from(film)
    // First of the samples' flags in the `trun`, then those of the rest in the `tfhd`.
    for (let at = lying.indexOf('01010000', 0, 'hex'); at >= 0; at = lying.indexOf('01010000', at, 'hex'))
      lying.writeUInt32BE(0x02000000, at)
    expect(lying.equals(film)).toBe(false)
    const { starts, codes } = await cutsOf(lying)
    expect([starts, codes]).toEqual([right.starts, ['MP4_SYNC_WRONG']])
  })

  it('that are not named are found where a minute has none', async () => {
    const film = made(`${source(70)} ${avc}`)
    const right = await cutsOf(film)
    const { starts, warnings } = await cutsOf(naming(film, [1]))
    expect(starts).toEqual(right.starts)
    expect(warnings[0]?.reason).toContain('1 key frames, and sample')
  })

  it.each([
    ['all pictures are key frames', `${source(14)} ${avc} -g 1`],
    ['all pictures are coded by themselves', `${source(14)} ${avc} -x264-params keyint=1:open-gop=1`],
    [
      'there is one',
      `${source(60)} -c:v libx264 -preset ultrafast -pix_fmt yuv420p -crf 40 -g 9999 -sc_threshold 0`,
    ],
    [
      'groups are open',
      `${source(14)} -c:v libx264 -pix_fmt yuv420p -x264-params open-gop=1:bframes=3:b-adapt=0:keyint=50:min-keyint=50:scenecut=0`,
    ],
  ])('are what the table says where %s', async (_name, how) => {
    const film = made(how)
    const { codes, tally } = await cutsOf(film)
    expect(codes).toEqual([])
    const moov = film.length - Buffer.from(film).indexOf('moov')
    expect(tally.bytes).toBeLessThanOrEqual(moov + 64 * 1024)
  })
})
