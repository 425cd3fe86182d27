/** Sound of every codec: named and counted as others do, packets out as they went in and in time. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ALL_FORMATS, BufferSource, Input } from 'mediabunny'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ffmpegMissing } from '../../house/ffmpeg.ts'
import { type Packet, probePackets, readPackets } from '../../judges/media/packets.ts'
import { probeUpload } from '../../judges/media/uploads.ts'
import { bytesSource, corpusFilm, fileSource, filmsMissing } from './films.ts'
import { faultsOf } from './judged.ts'
import { makeFilm, mp4a } from './make-film.ts'
import { type Shelf, shelve } from './shelf.ts'

const folder = mkdtempSync(join(tmpdir(), 'headend-sound-'))
afterAll(() => rmSync(folder, { recursive: true }))

type Facts = readonly [codec: string, sampleRate: number, channels: number]

const fromCorpus: [name: string, facts: Facts][] = [
  ['mp4/sample_ac3.mp4', ['ac-3', 48_000, 6]],
  ['mp4/sample_eac3.mp4', ['ec-3', 48_000, 6]],
  ['mp4/sample_opus.mp4', ['opus', 48_000, 2]],
]

/** Made by FFmpeg of a tone of 14 s: two segments and what is left. FFmpeg's MP4 says two channels of any MP3. */
const made: [name: string, facts: Facts, rate: number, options: string][] = [
  ['mp3.mp4', ['mp4a.6B', 48_000, 2], 48_000, '-ac 2 -c:a libmp3lame'],
  ['mp3-low.mp4', ['mp4a.69', 22_050, 2], 22_050, '-ac 2 -c:a libmp3lame -b:a 32k'],
  ['mp3.mov', ['mp4a.6B', 44_100, 2], 44_100, '-ac 2 -c:a libmp3lame'],
  ['flac.mp4', ['fLaC', 44_100, 2], 44_100, '-ac 2 -c:a flac -strict -2'],
  ['flac-high.mp4', ['fLaC', 96_000, 6], 96_000, '-ac 6 -c:a flac -sample_fmt s32 -strict -2'],
  ['opus.mp4', ['opus', 48_000, 6], 48_000, '-ac 6 -c:a libopus -mapping_family 1'],
  ['ac3.mov', ['ac-3', 44_100, 6], 44_100, '-ac 6 -c:a ac3'],
  ['eac3.mov', ['ec-3', 48_000, 6], 48_000, '-ac 6 -c:a eac3'],
  ['aac-5.1.mp4', ['mp4a.40.2', 48_000, 6], 48_000, '-ac 6 -c:a aac'],
  ['aac-2.1.mp4', ['mp4a.40.2', 48_000, 3], 48_000, '-ac 3 -channel_layout 2.1 -c:a aac'],
  ['aac-high.mov', ['mp4a.40.2', 96_000, 2], 96_000, '-ac 2 -c:a aac'],
]

/** All of them by one process, which takes longer to start than to encode. */
function makeAll(): void {
  const rates = [...new Set(made.map(([, , rate]) => rate))]
  const tones = rates.flatMap((rate) => ['-f', 'lavfi', '-i', `sine=sample_rate=${rate}:duration=14`])
  const outputs = made.flatMap(([name, , rate, options]) => [
    '-map',
    `${rates.indexOf(rate)}`,
    ...options.split(' '),
    join(folder, name),
  ])
  execFileSync('ffmpeg', ['-v', 'error', ...tones, ...outputs])
}

describe('sound of', () => {
  beforeAll(() => {
    if (ffmpegMissing === undefined) makeAll()
  })

  it.for(fromCorpus)('%s', async ([name, facts], { skip }) => {
    skip(filmsMissing !== undefined, filmsMissing)
    await expectKept(corpusFilm(name), facts)
  })

  it.skipIf(ffmpegMissing !== undefined).each(made)('%s', async (name, facts) => {
    const shelf = await expectKept(join(folder, name), facts)
    expect(shelf.films.timeline.tracks[0]?.segments.length).toBeGreaterThan(1)
  })
})

/** Nothing here encodes these, so the frames are no sound; what is said of them is right. */
const said: [name: string, config: string, facts: Facts][] = [
  ['HE-AAC', '2b11880000', ['mp4a.40.5', 48_000, 2]],
  ['HE-AAC v2 in one coded channel', 'eb09880000', ['mp4a.40.29', 48_000, 2]],
  ['xHE-AAC', 'f946432220', ['mp4a.40.42', 48_000, 2]],
]

describe('a configuration of', () => {
  it.each(said)('%s is delivered byte for byte and read as we read it', async (_name, config, facts) => {
    const entry = Buffer.from(mp4a)
    const bytes = Buffer.from(config, 'hex')
    entry.set(bytes, entry.indexOf(Buffer.from('119056e500', 'hex')))
    const samples = Array.from({ length: 300 }, (_, i) => ({ size: 50 + (i % 7), duration: 2048 }))
    const edits = [{ duration: 0, mediaTime: 2048, rate: 0x10000 }]
    const film = makeFilm([{ type: 'audio', timescale: 48_000, samples, entry, edits }])
    const shelf = await shelve(bytesSource(film))
    const [track] = shelf.films.timeline.tracks
    if (!track) throw new Error('one track goes in')
    const delivered = await shelf.track(track)
    expect(await faultsOf(shelf, track)).toEqual([])
    expect(Buffer.from(delivered.subarray(0, 1000)).includes(bytes)).toBe(true)
    expect(await readFacts(delivered)).toEqual([...facts])
    const [codec, sampleRate, channels] = facts
    expect(track.configs).toEqual([{ id: '1', codec, sampleRate, channels }])
    expectSame(await readPackets(delivered, 'audio'), await readPackets(film, 'audio'), track.timescale)
  })
})

async function expectKept(path: string, [codec, sampleRate, channels]: Facts): Promise<Shelf> {
  const shelf = await shelve(fileSource(path))
  expect(shelf.films.skipped).toEqual([])
  const [track] = shelf.films.timeline.tracks
  if (!track) throw new Error('one track goes in')
  expect(track.configs).toEqual([expect.objectContaining({ codec, sampleRate, channels })])
  const delivered = await shelf.track(track)
  expect(await faultsOf(shelf, track)).toEqual([])
  expect(await readFacts(delivered)).toEqual([namedByMediabunny.get(codec) ?? codec, sampleRate, channels])
  const file = join(folder, 'delivered.mp4')
  writeFileSync(file, delivered)
  const wanted = (await probeUpload(path)).find(({ type }) => type === 'audio')?.packets ?? []
  expectSame(await probePackets(file, 'audio'), wanted, track.timescale)
  const source = readFileSync(path)
  // mediabunny does not read QuickTime's own MP3 entry.
  if (path.endsWith('mp3.mov')) return shelf
  expectSame(await readPackets(delivered, 'audio'), await readPackets(source, 'audio'), track.timescale)
  return shelf
}

/** It uses the short names of WebCodecs where players ask for those of RFC 6381. */
const namedByMediabunny = new Map([
  ['fLaC', 'flac'],
  ['mp4a.6B', 'mp3'],
  ['mp4a.69', 'mp3'],
])

async function readFacts(file: Uint8Array): Promise<(string | number | null | undefined)[]> {
  using input = new Input({ source: new BufferSource(file), formats: ALL_FORMATS })
  const track = await input.getPrimaryAudioTrack()
  return [await track?.getCodecParameterString(), track?.sampleRate, track?.numberOfChannels]
}

/** Within one tick of the track, and what rounding to six decimals may add up to. */
function expectSame(got: readonly Packet[], wanted: readonly Packet[], timescale: number): void {
  expect(wanted.length).toBeGreaterThan(0)
  expect(got.map(({ md5 }) => md5)).toEqual(wanted.map(({ md5 }) => md5))
  const late = got.map(({ seconds }, i) => Math.abs(seconds - (wanted[i]?.seconds ?? 0)))
  expect(Math.max(...late)).toBeLessThanOrEqual(1 / timescale + 3e-6)
}
