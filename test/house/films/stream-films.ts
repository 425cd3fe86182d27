/** Transport streams as films: FFmpeg's, and what it makes of their samples in MP4. */
import { ffmpegFilm } from '../ffmpeg.ts'
import type { EveryFilm } from './every-film.ts'

const sources =
  '-f lavfi -i testsrc2=size=320x180:rate=25:duration=14 -f lavfi -i sine=frequency=440:sample_rate=48000:duration=14'

const film = (name: string, words: string, unneeded: string): EveryFilm => {
  const path = (): string => ffmpegFilm(`${sources} ${words} -f mpegts`, 'ts')
  return {
    name,
    needs: [],
    files: async () => [{ file: path() }],
    // Parameter sets and delimiters, which only a stream needs.
    samples: () => ffmpegFilm(`-i ${path()} -map 0 -c copy -bsf:v filter_units=remove_types=${unneeded}`),
    fragmented: true,
  }
}

/** Two languages of different codecs; and packets with time stamps in front of them. */
export const streamFilms: readonly EveryFilm[] = [
  film(
    'a transport stream with two languages, at 26 hours',
    '-map 0 -map 1 -map 1 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -bf 2 -g 50 -sc_threshold 0 ' +
      '-c:a aac -metadata:s:a:0 language=eng -metadata:s:a:1 language=deu -muxrate 3M -output_ts_offset 95438',
    '7-9|12',
  ),
  film(
    'a transport stream of HEVC in M2TS',
    '-c:v libx265 -preset ultrafast -pix_fmt yuv420p -x265-params log-level=error:keyint=50:min-keyint=50:scenecut=0:bframes=3:b-adapt=0 ' +
      '-c:a aac -mpegts_m2ts_mode 1',
    '32-35|38',
  ),
]
