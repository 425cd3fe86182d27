/** Transport streams of FFmpeg's and of other muxers, as samples of CMAF: FFmpeg and mediabunny read the same in both. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { ElementaryTrack } from '../../../lib/formats/mpegts/index.ts'
import { ffmpegFilm, ffmpegMissing } from '../../house/ffmpeg.ts'
import { corpus, corpusMissing } from '../../judges/corpus.ts'
import { readPackets } from '../../judges/media/packets.ts'
import { fileOf, tracksOf } from './to-cmaf.ts'

const source = '-f lavfi -i testsrc2=s=192x108:r=25:d=3 -f lavfi -i sine=f=440:r=48000:d=3'
const x265 =
  '-c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=27:min-keyint=27:bframes=3:b-adapt=0:scenecut=0'
const films = ffmpegMissing
  ? []
  : [
      `${source} -c:v libx264 -preset veryfast -bf 2 -g 25 -sc_threshold 0 -c:a aac -mpegts_flags system_b`,
      // Open groups of pictures, delimiters, and times that roll over after two seconds.
      `${source} -c:v libx264 -preset veryfast -x264-params open-gop=1:bframes=3:b-adapt=0:keyint=27:min-keyint=27:scenecut=0:aud=1 -c:a ac3 -output_ts_offset 95441`,
      `${source} ${x265}:open-gop=1 -c:a eac3`,
      `${source} -map 0 ${x265}:open-gop=0 -mpegts_m2ts_mode 1`,
      `${source} -c:v libx264 -preset veryfast -x264-params interlaced=1:keyint=25 -c:a libmp3lame`,
      `${source} -map 1 -c:a mp2 -ar 44100`,
      `${source} -map 1 -c:a ac3 -ar 44100 -ac 6 -pes_payload_size 500`,
      '-f lavfi -i sine=f=440:r=48000:d=3,aformat=channel_layouts=7.1 -c:a aac',
    ].map((words) => `${words} -f mpegts`)
const latm = `${source} -map 1 -c:a aac -mpegts_flags +latm -f mpegts`
const corpusNames = corpusMissing
  ? []
  : [
      'ts/0.ts',
      'ts/id3-metadata.ts',
      'ts/n_0_0_0.ts',
      'ts/sample_eac3.ts',
      'ts/sample_h265.ts',
      'ts/sample_scte35.ts',
      'ts/test-middle-pat-pmt.ts',
      'ts/test-no-audio-segment.ts',
      'captions/sintel-captions.ts',
    ]

/** mediabunny lists the short frames of the one each by itself, and finds no parameter sets in the other. */
const unreadable = ['sample_eac3.ts', 'test-middle-pat-pmt.ts']

const folder = mkdtempSync(join(tmpdir(), 'headend-ts-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A stream of a file, and what FFmpeg does to its packets without decoding them. */
interface Judged {
  readonly path: string
  readonly stream: string
  readonly filter: string
}

interface Frame {
  readonly dts: number
  readonly pts: number
  readonly bytes: number
  readonly md5: string
}

/** Frames of many streams in one run, with seconds since the first one. */
function framesOf(streams: readonly Judged[]): Frame[][] {
  const inputs = streams.flatMap(({ path }) => ['-i', path])
  const maps = streams.flatMap(({ stream }, i) => ['-map', `${i}:${stream}`])
  const filters = streams.flatMap(({ filter }, i) => [`-bsf:${i}`, filter])
  const args = ['-v', 'error', '-copyts', ...inputs, ...maps, '-c', 'copy', ...filters, '-f', 'framemd5', '-']
  const frames: Frame[][] = streams.map(() => [])
  const clocks = new Map<number, number>()
  for (const line of execFileSync('ffmpeg', args, { encoding: 'utf8', maxBuffer: 2 ** 28 }).split('\n')) {
    const clock = /^#tb (\d+): (\d+)\/(\d+)/.exec(line)
    if (clock) clocks.set(Number(clock[1]), Number(clock[2]) / Number(clock[3]))
    if (line === '' || line.startsWith('#')) continue
    const fields = line.split(',')
    const [stream = 0, dts = 0, pts = 0, , bytes = 0] = fields.map(Number)
    const tick = clocks.get(stream) ?? 0
    frames[stream]?.push({
      dts: dts * tick,
      pts: pts * tick,
      bytes,
      md5: fields[5]?.trim() ?? '',
    })
  }
  return frames.map((all) =>
    all.map((one) => ({ ...one, dts: one.dts - (all[0]?.dts ?? 0), pts: one.pts - (all[0]?.dts ?? 0) })),
  )
}

/** Parameter sets, delimiters and filler are taken off both: where they stand is what differs. */
function filterOf({ codec }: ElementaryTrack, container: 'ts' | 'mp4'): string {
  const isHevc = codec.startsWith('hvc1')
  if (!isHevc && !codec.startsWith('avc1'))
    return codec.startsWith('mp4a.40') && container === 'ts' ? 'aac_adtstoasc' : 'null'
  const units = `filter_units=remove_types=${isHevc ? '32-35|38' : '7-9|12'}`
  return container === 'ts' ? units : `${isHevc ? 'hevc' : 'h264'}_mp4toannexb,${units}`
}

const written = (name: string, track: ElementaryTrack): string => {
  const path = join(folder, `${name}-${track.pid}.mp4`)
  writeFileSync(path, fileOf(track))
  return path
}

describe.skipIf(ffmpegMissing !== undefined)('of each stream', () => {
  const paths = [
    ...films.map((words) => ffmpegFilm(words, 'ts')),
    ...corpusNames.map((name) => join(corpus, 'media', name)),
  ]

  it('FFmpeg reads the same samples at the same times in the transport stream and in CMAF', () => {
    const tracks = paths.flatMap((path, i) =>
      tracksOf(readFileSync(path)).tracks.map((track) => ({ path, track, own: written(`${i}`, track) })),
    )
    expect(tracks.length).toBeGreaterThanOrEqual(films.length)
    const theirs = framesOf(
      tracks.map(({ path, track }) => ({ path, stream: `i:${track.pid}`, filter: filterOf(track, 'ts') })),
    )
    const ours = framesOf(
      tracks.map(({ own, track }) => ({ path: own, stream: '0', filter: filterOf(track, 'mp4') })),
    )
    for (const [i, { path, track }] of tracks.entries()) {
      const said = `${path} PID ${track.pid}`
      expect(
        ours[i]?.map(({ md5 }) => md5),
        said,
      ).toEqual(theirs[i]?.map(({ md5 }) => md5))
      // Audio goes on at its own clock where times of 90 kHz are rounded.
      for (const time of ['dts', 'pts'] as const) {
        const off = (theirs[i] ?? []).map((frame, at) => Math.abs(frame[time] - (ours[i]?.[at]?.[time] ?? 0)))
        expect(Math.max(...off), `${said} ${time}`).toBeLessThan(
          track.facts.type === 'video' ? 0.5 / 90000 : 0.001,
        )
      }
    }
  })

  it('mediabunny reads the same times, and the samples as they were written', async () => {
    for (const path of paths.filter((one) => !unreadable.some((name) => one.endsWith(name)))) {
      const bytes = readFileSync(path)
      for (const track of tracksOf(bytes).tracks) {
        const kind = track.facts.type
        const own = await readPackets(fileOf(track), kind)
        expect(own.map((packet) => packet.bytes)).toEqual(track.samples.map((sample) => sample.bytes.length))
        const theirs = await readPackets(bytes, kind)
        expect(own.length, `${path} ${kind}`).toBe(theirs.length)
        const shift = (own[0]?.seconds ?? 0) - (theirs[0]?.seconds ?? 0)
        for (const [i, { seconds }] of theirs.entries())
          expect(Math.abs((own[i]?.seconds ?? 0) - seconds - shift), `${path} ${kind} ${i}`).toBeLessThan(
            0.001,
          )
      }
    }
  })

  it('ffprobe takes the same pictures for key frames', () => {
    for (const path of paths.slice(1, 3)) {
      const args = [
        '-v',
        'error',
        '-select_streams',
        'v',
        '-show_packets',
        '-show_entries',
        'packet=flags',
        '-of',
        'csv=p=0',
        path,
      ]
      const flags = execFileSync('ffprobe', args, { encoding: 'utf8' }).match(/^[K_](?=[_D,])/gm)
      const [track] = tracksOf(readFileSync(path)).tracks
      expect(track?.samples.map(({ sync }) => sync !== 'none')).toEqual(flags?.map((one) => one === 'K'))
      expect(track?.samples.filter(({ sync }) => sync === 'cra' || sync === 'recovery').length).toBe(2)
      expect(track?.samples.some(({ leading }) => leading === 'rasl')).toBe(true)
    }
  })

  it('in LATM, FFmpeg decodes the same from CMAF', () => {
    const path = ffmpegFilm(latm, 'ts')
    const { tracks, counts } = tracksOf(readFileSync(path))
    expect([counts, tracks.map(({ codec }) => codec)]).toEqual([{}, ['mp4a.40.2']])
    const own = tracks[0] ? written('latm', tracks[0]) : ''
    const args = [
      '-v',
      'error',
      '-i',
      path,
      '-i',
      own,
      '-map',
      '0',
      '-map',
      '1',
      '-c:a',
      'pcm_s16le',
      '-f',
      'streamhash',
      '-',
    ]
    const [theirs, ours] = execFileSync('ffmpeg', args, { encoding: 'utf8' }).trim().split('\n')
    expect(ours?.split('=')[1]).toBe(theirs?.split('=')[1])
  })
})

describe.skipIf(corpusMissing !== undefined || ffmpegMissing !== undefined)('of cues', () => {
  it('ffprobe reads the same sections', () => {
    const path = join(corpus, 'media/ts/sample_scte35.ts')
    const sections = tracksOf(readFileSync(path)).events.flatMap((event) =>
      event.type === 'section' ? [event.section] : [],
    )
    const args = [
      '-v',
      'error',
      '-select_streams',
      'd',
      '-show_packets',
      '-show_entries',
      'packet=pts,size',
      '-of',
      'csv=p=0',
      path,
    ]
    const theirs = execFileSync('ffprobe', args, { encoding: 'utf8' }).trim().split('\n')
    expect(sections.map(({ clockTicks, bytes }) => `${clockTicks},${bytes.length}`)).toEqual(theirs)
  })
})
