/** Small films of every make, to be made to lie: eight seconds in a few kilobytes, so that a case takes milliseconds. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ffmpegFilm, madeFolder } from '../../house/ffmpeg.ts'
import { boxOf, editBoxes } from '../reading/edit-boxes.ts'

const pictures = '-f lavfi -i testsrc2=size=64x64:rate=5:duration=8'
const tone = (hertz = 440, rate = 8000): string =>
  `-f lavfi -i sine=frequency=${hertz}:sample_rate=${rate}:duration=8`
const gop = '-g 10 -keyint_min 10 -sc_threshold 0'
const avc = (references: number): string =>
  `-c:v libx264 -preset ultrafast -pix_fmt yuv420p -crf 45 -bf ${references} -b_strategy 0 ${gop}`
const aac = '-c:a aac -b:a 8k'
const usual = `${pictures} ${tone()} ${avc(2)} ${aac}`

const film =
  (words: string, ending = 'mp4') =>
  (): Uint8Array =>
    readFileSync(ffmpegFilm(words, ending))

/** By what is particular to them. */
export const mutatedFilms: Readonly<Record<string, () => Uint8Array>> = {
  'pictures out of order': film(usual),
  'pictures in order, moov first': film(`${pictures} ${tone()} ${avc(0)} ${aac} -movflags +faststart`),
  'fragments with indexes': film(`${usual} -movflags frag_keyframe+empty_moov+default_base_moof+dash`),
  'samples in the moov and in fragments': film(`${usual} -movflags frag_keyframe`),
  'MOV on a clock of 600': film(`${pictures} ${tone()} ${avc(2)} ${aac} -video_track_timescale 600`, 'mov'),
  'two sounds': film(
    `${pictures} ${tone()} ${tone(500)} -map 0 -map 1 -map 2 ${avc(0)} ${aac} ` +
      '-metadata:s:a:0 language=deu -metadata:s:a:1 language=fra -metadata:s:a:1 handler_name=Director',
  ),
  HEVC: film(
    `${pictures} ${tone()} -c:v libx265 -preset ultrafast -pix_fmt yuv420p -tag:v hvc1 ` +
      `-x265-params log-level=error:keyint=10:min-keyint=10:scenecut=0:bframes=2:b-adapt=0:crf=45 ${aac}`,
  ),
  'AV1 and Opus': film(
    `${pictures} ${tone(440, 48_000)} -c:v libsvtav1 -preset 12 -crf 60 -g 10 -svtav1-params scd=0 -c:a libopus -b:a 8k -frame_duration 60`,
  ),
  'an edit that begins within a group': () =>
    readFileSync(ffmpegFilm(`-ss 2.6 -i ${ffmpegFilm(usual)} -c copy`)),
  subtitles: () => {
    const title = join(madeFolder, 'mutated.srt')
    mkdirSync(madeFolder, { recursive: true })
    writeFileSync(title, '1\n00:00:01,000 --> 00:00:03,000\nOne\n\n2\n00:00:04,000 --> 00:00:07,000\nTwo\n')
    return readFileSync(
      ffmpegFilm(`${pictures} ${tone()} -i ${title} -map 0 -map 1 -map 2 ${avc(0)} ${aac} -c:s mov_text`),
    )
  },
  'compact sizes and wide offsets': () => withOtherTables(film(usual)()),
}

function withOtherTables(bytes: Uint8Array): Uint8Array {
  return editBoxes(bytes, ({ type, raw }) => {
    const from = Buffer.from(raw)
    const count = from.length > 16 ? from.readUInt32BE(type === 'stsz' ? 16 : 12) : 0
    const head = Buffer.alloc(type === 'stsz' ? 12 : 8)
    head.writeUInt32BE(count, head.length - 4)
    if (type === 'stsz') {
      head.writeUInt32BE(16, 4)
      const sizes = Buffer.alloc(count * 2)
      for (let i = 0; i < count; i++) sizes.writeUInt16BE(from.readUInt32BE(20 + i * 4), i * 2)
      return boxOf('stz2', head, sizes)
    }
    if (type !== 'stco') return undefined
    const offsets = Buffer.alloc(count * 8)
    for (let i = 0; i < count; i++) offsets.writeUInt32BE(from.readUInt32BE(16 + i * 4), i * 8 + 4)
    return boxOf('co64', head, offsets)
  })
}
