/** Transport streams as films: FFmpeg decodes the same frames of what is delivered, at the same distances in time. */
import { describe, expect, it } from 'vitest'
import { ffmpegMissing } from '../../house/ffmpeg.ts'
import { faultsOf } from '../films/judged.ts'
import {
  avc,
  type Decoded,
  decoded,
  decodedTrack,
  joinedStreams,
  plainStream,
  shown,
  streamOf,
} from './stream-films.ts'

const x265 =
  '-c:v libx265 -preset ultrafast -pix_fmt yuv420p -x265-params log-level=none:keyint=27:min-keyint=27:bframes=3:b-adapt=0:scenecut=0'

/** FFmpeg's words. */
const streams: readonly (readonly [name: string, words: string])[] = [
  ['B-frames and AAC', `${avc} -c:a aac`],
  ['packets of a constant rate, behind its 26 hours', `${avc} -c:a aac -muxrate 2M -output_ts_offset 95441`],
  [
    'open groups and AC-3',
    '-c:v libx264 -preset veryfast -pix_fmt yuv420p -x264-params open-gop=1:bframes=3:b-adapt=0:keyint=27:min-keyint=27:scenecut=0:aud=1 -c:a ac3',
  ],
  ['HEVC with open groups and E-AC-3', `${x265}:open-gop=1 -c:a eac3`],
  [
    'interlaced pictures and MP3',
    '-c:v libx264 -preset veryfast -pix_fmt yuv420p -x264-params interlaced=1:keyint=25 -c:a libmp3lame',
  ],
  ['packets of 192 bytes', `${avc} -c:a aac -mpegts_m2ts_mode 1`],
  ['AAC in LATM', `${avc} -c:a aac -mpegts_flags +latm`],
]

/** The first frames decode otherwise where a decoder has none before them. */
const warmFrames = 3

/** How much later audio is shown, relative to video, than in the upload: by the frames both have. */
function lateness(ours: readonly [Decoded[], Decoded[]], theirs: readonly [Decoded[], Decoded[]]): number {
  const [[picture], sounds] = ours
  const [[first], all] = theirs
  const frame = sounds[warmFrames]
  const same = all.find(({ md5 }) => md5 === frame?.md5)
  if (!picture || !first || !frame || !same) return Number.NaN
  return frame.seconds - picture.seconds - (same.seconds - first.seconds)
}

describe.skipIf(ffmpegMissing !== undefined)('a transport stream of', () => {
  it.for(streams)('%s', async ([, words]) => {
    // A tone that never changes has frames that are alike.
    const bytes = streamOf(`-filter:a aeval=val(0)*t/6:c=same ${words}`)
    const shelf = await shown(bytes)
    const [video, audio] = [await decodedTrack(shelf, 'video-1'), await decodedTrack(shelf, 'audio-1')]
    const theirs: readonly [Decoded[], Decoded[]] = [decoded(bytes, 'v'), decoded(bytes, 'a')]
    expect(video.map(({ md5 }) => md5)).toEqual(theirs[0].map(({ md5 }) => md5))
    const digests = new Set(theirs[1].map(({ md5 }) => md5))
    expect(audio.slice(warmFrames).filter(({ md5 }) => !digests.has(md5))).toEqual([])
    expect(audio.length).toBeGreaterThan(theirs[1].length - warmFrames)
    expect(Math.abs(lateness([video, audio], theirs))).toBeLessThan(0.001)
    expect(video[0]?.seconds).toBeCloseTo(0, 3)
    for (const track of shelf.films.timeline.tracks) expect(await faultsOf(shelf, track)).toEqual([])
  })

  it('two recordings, the second of which counts from elsewhere, goes on without a gap', async () => {
    const [first, second] = [plainStream(), plainStream(70_000)]
    const shelf = await shown(joinedStreams(first, second, first))
    const frames = await decodedTrack(shelf, 'video-1')
    const steps = frames
      .slice(1)
      .map(({ seconds }, i) => Math.round((seconds - (frames[i]?.seconds ?? 0)) * 25))
    // Whether the last picture in front of a joint is whole nobody can tell: it is left out.
    expect(frames).toHaveLength(3 * 150 - 2)
    expect(steps.filter((step) => step !== 1)).toEqual([2, 2])
    expect(shelf.films.durationSeconds).toBeCloseTo(18, 0)
    const [video, audio] = shelf.films.timeline.tracks
    const ends = [video, audio].map((track) => {
      const last = track?.segments.at(-1)
      return last && track ? (last.start + last.duration) / track.timescale : Number.NaN
    })
    expect(Math.abs((ends[0] ?? 0) - (ends[1] ?? 0))).toBeLessThan(0.1)
  })
})
