/**
 * Packets come out as they went in, in time, whoever reads them: mediabunny here, and FFmpeg, which reads the others
 * back through their manifests among every film there is.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ffmpegMissing } from '../../house/ffmpeg.ts'
import { type Packet, probePackets, readPackets } from '../../judges/media/packets.ts'
import { probeUpload } from '../../judges/media/uploads.ts'
import { corpusFilm, demoFilm, fileSource, filmsMissing } from './films.ts'
import { faultsOf } from './judged.ts'
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
  'mp4/h265_bframes.mp4',
  'mp4/bbb_800x640_768kbps_30fps_vp9.mp4',
  'mp4/prog_8s.mp4',
  'mp4/testvid_1022ms.mp4',
  'mp4/edit_list_positive_shift.mp4',
  'mov/bt601.mov',
  'ads/preroll-5s.mp4',
  'ads/midroll-5s.mp4',
  'ads/silent-black-10s.mp4',
  'broken/sample_mdat_too_long.mp4',
]
const films = [
  { name: 'the demo film', path: demoFilm, missing: ffmpegMissing, isProbed: true },
  ...corpusFilms.map((name) => ({ name, path: corpusFilm(name), missing: filmsMissing, isProbed: false })),
]
const kinds = { video: 'video', audio: 'audio' } as const

describe('packets of', () => {
  it.for(films)(
    '$name come out the same, in time and in CMAF',
    async ({ path, missing, isProbed }, { skip }) => {
      skip(missing !== undefined, missing)
      const shelf = await shelve(fileSource(path))
      for (const track of shelf.played) {
        const kind = track.type === 'video' ? kinds.video : kinds.audio
        const delivered = await shelf.track(track)
        expectSame(
          await readPackets(delivered, kind),
          await readPackets(readFileSync(path), kind),
          track.timescale,
        )
        if (isProbed) expectSame(...(await probed(path, delivered, kind)), track.timescale)
        expect(await faultsOf(shelf, track)).toEqual([])
      }
    },
  )
})

async function probed(
  path: string,
  delivered: Uint8Array,
  kind: 'video' | 'audio',
): Promise<[got: readonly Packet[], wanted: readonly Packet[]]> {
  const file = join(folder, `${kind}.mp4`)
  writeFileSync(file, delivered)
  const wanted = (await probeUpload(path)).find(({ type }) => type === kind)?.packets ?? []
  // ffprobe leaves out packets behind an edit's end, which are delivered and hidden by the segment's duration.
  const got = (await probePackets(file, kind)).slice(0, wanted.length)
  return [got, wanted]
}

/** Within one tick of the track, and what rounding to six decimals may add up to. */
function expectSame(got: readonly Packet[], wanted: readonly Packet[], timescale: number): void {
  expect(wanted.length).toBeGreaterThan(0)
  expect(got.map(({ md5 }) => md5)).toEqual(wanted.map(({ md5 }) => md5))
  const late = got.map(({ seconds }, i) => Math.abs(seconds - (wanted[i]?.seconds ?? 0)))
  expect(Math.max(...late)).toBeLessThanOrEqual(1 / timescale + 3e-6)
}
