/** Transport streams as recorders leave them: begun amid a group, damaged, cut off, with maps that change, with more than a film. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { withKeptSamples } from '../../../bin/commands/kept-samples.ts'
import { indexAsset } from '../../../lib/packaging/indexing/index-asset.ts'
import { inspectMp4 } from '../../../lib/packaging/indexing/inspect.ts'
import { ffmpegMissing } from '../../house/ffmpeg.ts'
import { bytesSource, corpusFilm, filmsMissing } from '../films/films.ts'
import {
  avc,
  changedPackets,
  decodedTrack,
  joinedStreams,
  pidOf,
  plainStream,
  shown,
  streamOf,
} from './stream-films.ts'

const video = 0x100
const audio = 0x101
const codesOf = (all: readonly { readonly code: string }[]): string[] => [
  ...new Set(all.map(({ code }) => code)),
]
const refusal = (bytes: Uint8Array): Promise<unknown> =>
  shown(bytes).then(
    () => 'it plays',
    (error: unknown) => error,
  )

describe.skipIf(ffmpegMissing !== undefined)('a transport stream', () => {
  it('that begins amid a group of pictures begins with its first key frame, audio with it', async () => {
    const whole = plainStream()
    // The tables come again every tenth of a second.
    const shelf = await shown(whole.subarray(188 * Math.floor(whole.length / 188 / 12)))
    const frames = await decodedTrack(shelf, 'video-1')
    const all = await decodedTrack(await shown(whole), 'video-1')
    expect(frames.map(({ md5 }) => md5)).toEqual(all.slice(25).map(({ md5 }) => md5))
    const [first] = shelf.films.timeline.tracks.find(({ type }) => type === 'audio')?.segments ?? []
    expect(first?.start).toBeLessThan(1024)
    expect(shelf.films.durationSeconds).toBeCloseTo(5, 1)
  })

  it('with damaged packets plays but for the pictures they are of, and its page says so', async () => {
    const broken = changedPackets(plainStream(), (packet, index) =>
      pidOf(packet) === video && index > 200 && index % 400 === 0 ? undefined : packet,
    )
    const { films } = await shown(broken)
    expect(films.durationSeconds).toBeCloseTo(6, 1)
    expect(codesOf(films.warnings)).toEqual(expect.arrayContaining(['TS_CONTINUITY', 'TS_UNITS_DROPPED']))
    expect(films.warnings.every(({ trackId, type }) => trackId === video && type === 'video')).toBe(true)
  })

  it('that is cut off plays to its end', async () => {
    const whole = plainStream()
    const { films } = await shown(whole.subarray(0, Math.floor(whole.length / 2) + 77))
    expect(films.durationSeconds).toBeGreaterThan(2.5)
    expect(films.durationSeconds).toBeLessThan(3.5)
  })

  it('behind bytes of a packet, with parity behind each, is read', async () => {
    const wide = changedPackets(plainStream(), (packet) => Buffer.concat([packet, Buffer.alloc(16, 0x33)]))
    expect((await shown(wide.subarray(100))).films.timeline.tracks).toHaveLength(3)
  })

  it('whose map gives its streams other PIDs goes on in the same tracks', async () => {
    const moved = streamOf(`${avc} -c:a aac -streamid 0:400 -streamid 1:401 -output_ts_offset 6`)
    const { films } = await shown(joinedStreams(plainStream(), moved))
    const tracks = films.timeline.tracks.filter(({ trickOf }) => !trickOf)
    expect(tracks.map(({ type }) => type)).toEqual(['video', 'audio'])
    expect(films.durationSeconds).toBeCloseTo(12, 0)
  })

  it('whose pictures change their size has a config of each', async () => {
    const small = streamOf(`-vf scale=80:48 ${avc} -c:a aac`)
    const { films } = await shown(joinedStreams(plainStream(), small))
    const [track] = films.timeline.tracks
    expect(track?.configs.map(({ width, height }) => [width, height])).toEqual([
      [160, 96],
      [80, 48],
    ])
  })

  it('of audio alone, or of video alone, is a film of that', async () => {
    const sound = await shown(streamOf('-map 1 -c:a ac3'))
    expect(sound.films.timeline.tracks.map(({ type }) => type)).toEqual(['audio'])
    const picture = await shown(streamOf(`-map 0 ${avc}`))
    expect(picture.played.map(({ type }) => type)).toEqual(['video'])
  })

  it('has its languages, and what is mixed for some viewers is nobody’s default', async () => {
    const words = `-map 0 -map 1 -map 1 ${avc} -c:a aac`
    const said = '-metadata:s:a:0 language=eng -disposition:a:0 visual_impaired -metadata:s:a:1 language=deu'
    const { films } = await shown(streamOf(`${words} ${said}`))
    const tracks = films.timeline.tracks.filter(({ type }) => type === 'audio')
    expect(tracks.map(({ language, roles }) => [language, roles])).toEqual([
      ['en', ['alternate']],
      ['de', ['main']],
    ])
  })

  it('of several programmes is the film of the first one with video, and its page names the others', async () => {
    const several = streamOf(
      `-map 1 -map 0 -map 1 ${avc} -c:a aac -program program_num=1:st=0 -program program_num=2:st=1:st=2`,
    )
    const { films } = await shown(several)
    expect(films.timeline.tracks.map(({ type }) => type)).toEqual(['video', 'audio', 'video'])
    expect(films.skipped).toMatchObject([
      { code: 'TS_PROGRAMS_SEVERAL', reason: expect.stringMatching(/2.*1|1.*2/) },
    ])
  })
})

describe.skipIf(filmsMissing !== undefined)('a transport stream of the corpus', () => {
  it('has the captions of its pictures', async () => {
    const { films } = await shown(readFileSync(corpusFilm('captions/sintel-captions.ts')))
    expect(films.timeline.tracks[0]?.captions).toEqual([{ id: 'CC1' }])
  })

  it('in ten segments of HLS, the clock of which rolls over, is one film', async () => {
    const folder = corpusFilm('ts-rollover/hls-ts-rollover')
    const names = readdirSync(folder).filter((name) => name.endsWith('.ts'))
    const { films } = await shown(
      joinedStreams(...names.toSorted().map((name) => readFileSync(join(folder, name)))),
    )
    expect([films.durationSeconds, films.warnings]).toEqual([20, []])
  })
})

describe.skipIf(ffmpegMissing !== undefined)('a command that inspects', () => {
  it('a transport stream tells what ingest would make of it, and leaves nothing behind', async () => {
    const source = bytesSource(plainStream(), 'film.ts')
    const names: string[] = []
    const { tracks } = await withKeptSamples((keep) =>
      inspectMp4(source, async (name, chunks) => {
        names.push(name)
        return keep(name, chunks)
      }),
    )
    expect(names).toEqual(['samples-0.bin'])
    expect(tracks.map(({ id }) => id)).toEqual(['video-1', 'audio-1', 'video-1-trick'])
    expect(tracks[0]?.segments.every(({ reads, overReadBytes }) => reads === 1 && overReadBytes === 0)).toBe(
      true,
    )
  })
})

describe.skipIf(ffmpegMissing !== undefined)('a transport stream is refused', () => {
  it('whose pictures or whose sound no player has, with the codes of MP4', async () => {
    expect(await refusal(streamOf('-c:v mpeg2video -c:a aac'))).toMatchObject({
      code: 'PACKAGING_PICTURES_LOST',
      message: expect.stringContaining('MPEG-2 video; encode it as H.264 or HEVC'),
    })
    expect(await refusal(streamOf(`${avc} -c:a mp2`))).toMatchObject({
      code: 'PACKAGING_SOUND_LOST',
      message: expect.stringContaining('MPEG audio of layer 2; convert it to AAC'),
    })
  })

  it('that is scrambled', async () => {
    const scrambled = changedPackets(plainStream(), (packet) => {
      if (pidOf(packet) === video || pidOf(packet) === audio) packet[3] = (packet[3] ?? 0) | 0x80
      return packet
    })
    const error = await refusal(scrambled)
    expect(error).toMatchObject({ code: 'PACKAGING_NOTHING_PLAYABLE' })
    expect(error).toMatchObject({ message: expect.stringContaining('upload it in the clear') })
  })

  it('that changes from H.264 to H.265', async () => {
    const hevc = streamOf('-c:v libx265 -preset ultrafast -x265-params log-level=none -c:a aac')
    const error = await refusal(joinedStreams(plainStream(), hevc))
    expect(error).toMatchObject({ message: expect.stringContaining('expected one codec throughout') })
  })

  it('that is larger than ingest has time for, before it is read', async () => {
    const bytes = plainStream()
    const source = { ...bytesSource(bytes, 'vod/large.ts'), size: 2 ** 33 }
    const order = { timelineId: 'vod/large', version: '0' }
    const film = { object: { bucket: 'upload', key: 'vod/large.ts' } as const, source }
    const keep = () => Promise.reject(new Error('nothing is to be kept'))
    await expect(indexAsset({ ...order, files: [film], keep })).rejects.toMatchObject({
      code: 'TS_FILE_LARGE',
    })
  })
})

describe.skipIf(ffmpegMissing !== undefined)('a transport stream without tables', () => {
  it('is refused with what it lacks', async () => {
    const bare = changedPackets(plainStream(), (packet) => (pidOf(packet) < video ? undefined : packet))
    expect(await refusal(bare)).toMatchObject({
      message: expect.stringContaining('in a programme association table'),
    })
  })
})

describe('a file that ends in .ts', () => {
  it('and is TypeScript, or nothing at all, is refused as other files are', async () => {
    const code = Buffer.from("import { film } from './film.ts'\n\nexport const films = [film]\n".repeat(99))
    expect(await refusal(code)).toMatchObject({
      code: 'MP4_NOT_MP4',
      message: expect.stringContaining('got text'),
    })
    const noise = Uint8Array.from({ length: 9000 }, (_, i) => (i * 7919) & 255)
    expect(await refusal(noise)).toMatchObject({ code: 'MP4_NOT_MP4' })
  })
})
