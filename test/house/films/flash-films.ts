/** Films that flash white for two pictures and beep at the same time, every two seconds from 2 s on. */
import { ffmpegFilm } from '../ffmpeg.ts'
import type { ScreenedFile } from '../screening.ts'

/** One of them. */
export interface FlashFilm {
  readonly name: string
  files(): readonly ScreenedFile[]
}

const flash = (rate = '25', pictures = 50): string =>
  `-f lavfi -i color=black:size=320x180:rate=${rate}:duration=20,drawbox=color=white:thickness=fill:enable=gte(n\\,${pictures})*lt(mod(n\\,${pictures})\\,2)`
const beep = (rate = 48_000, every = 2): string =>
  `-f lavfi -i aevalsrc=exprs=0.8*sin(2000*PI*t)*gte(t\\,${every}-0.00001)*lt(mod(t+0.00001\\,${every})\\,0.08):sample_rate=${rate}:duration=20`
const avc = (more = 'bframes=3:b-adapt=0'): string =>
  `-c:v libx264 -preset ultrafast -pix_fmt yuv420p -x264-params keyint=50:min-keyint=50:scenecut=0:${more}`
const hevc = (pixels = 'yuv420p', more = 'open-gop=0'): string =>
  `-c:v libx265 -preset ultrafast -pix_fmt ${pixels} -tag:v hvc1 -x265-params log-level=error:keyint=50:min-keyint=50:scenecut=0:bframes=3:b-adapt=0:${more}`
const aac = '-c:a aac -b:a 128k'
const pyramid = avc('bframes=3:b-adapt=0:b-pyramid=normal')

const film = (name: string, words: () => string): FlashFilm => ({
  name,
  files: () => [{ file: ffmpegFilm(words()) }],
})

/** All of them; none of the films has anything a browser could not play. */
export const flashFilms: readonly FlashFilm[] = [
  film('AVC with B pictures', () => `${flash()} ${beep()} ${pyramid} ${aac}`),
  film('AVC without B pictures', () => `${flash()} ${beep()} ${avc('bframes=0')} ${aac}`),
  film('HEVC with B pictures', () => `${flash()} ${beep()} ${hevc()} ${aac}`),
  film(
    'HEVC of 10 bits with leading pictures',
    () => `${flash()} ${beep()} ${hevc('yuv420p10le', 'open-gop=1')} ${aac}`,
  ),
  film(
    '23.976 pictures a second and sound of 44.1 kHz',
    () => `${flash('24000/1001', 48)} ${beep(44_100, 2.002)} ${pyramid} ${aac}`,
  ),
  film(
    'in fragments',
    () => `${flash()} ${beep()} ${pyramid} ${aac} -movflags frag_keyframe+empty_moov+default_base_moof`,
  ),
  film(
    'an edit that begins within a group',
    () => `-ss 0.6 -i ${ffmpegFilm(`${flash()} ${beep()} ${pyramid} ${aac}`)} -c copy`,
  ),
  film('sound that begins later', () => `${flash()} ${beep()} ${pyramid} ${aac} -af atrim=start=0.3`),
  film('pictures that begin later', () => `${flash()} ${beep()} ${pyramid} ${aac} -vf trim=start=0.2`),
  {
    name: 'a ladder whose files reorder differently',
    files: () => [
      { file: ffmpegFilm(`${flash()} ${pyramid}`) },
      { file: ffmpegFilm(`${flash()} -vf scale=160:-2 ${avc('bframes=1:b-adapt=0')}`) },
      { file: ffmpegFilm(`${flash()} -vf scale=64:-2 ${avc('bframes=0')}`) },
      { file: ffmpegFilm(`${beep()} ${aac}`) },
    ],
  },
]
