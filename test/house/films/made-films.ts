/** Films the corpus has none like: made by FFmpeg, some changed by hand, and kept from one run to the next. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { joinFilms } from '../../packaging/films/join-films.ts'
import { boxOf, editBoxes, tableOf } from '../../packaging/reading/edit-boxes.ts'
import { madeFolder as folder, ffmpegFilm as make } from '../ffmpeg.ts'
import type { ScreenedFile } from '../screening.ts'
import type { EveryFilm } from './every-film.ts'

const picture = (seconds = 14, more = ''): string =>
  `-f lavfi -i testsrc2=size=320x180:rate=25:duration=${seconds}${more}`
const tone = (seconds = 14, rate = 48_000): string =>
  `-f lavfi -i sine=frequency=440:sample_rate=${rate}:duration=${seconds}`
const gop = '-g 50 -keyint_min 50 -sc_threshold 0'
const avc = `-c:v libx264 -preset ultrafast -pix_fmt yuv420p -bf 2 ${gop}`
const aac = '-c:a aac -b:a 64k'
const hevc = (params: string, pixels = 'yuv420p') =>
  `-c:v libx265 -preset ultrafast -pix_fmt ${pixels} -x265-params log-level=error:keyint=50:min-keyint=50:scenecut=0:bframes=3:b-adapt=0:${params}`
const both = `${picture()} ${tone()}`

/** What FFmpeg is told; a function where that names a film to be made first. */
type Words = string | (() => string)
const spoken = (words: Words): string => (typeof words === 'string' ? words : words())

const film = (
  name: string,
  words: Words,
  { ending = 'mp4', ...more }: Partial<EveryFilm> & { ending?: string } = {},
): EveryFilm => ({
  name,
  needs: [],
  files: async () => [{ file: make(spoken(words), ending) }],
  ...more,
})

const changed = (
  name: string,
  words: Words,
  change: (bytes: Uint8Array) => Uint8Array,
  more: Partial<EveryFilm> = {},
): EveryFilm => ({
  name,
  needs: [],
  files: async () => [{ file: change(readFileSync(make(spoken(words)))) }],
  ...more,
})

const several = (name: string, files: () => readonly ScreenedFile[]): EveryFilm => ({
  name,
  needs: [],
  files: async () => files(),
})

/** Leaves as the film it was made from. */
const plain = 'a moov behind the media'
const usual = `${both} ${avc} ${aac}`
const fragments = (how: string) =>
  film(`fragments: ${how}`, `${usual} -movflags ${how}`, { fragmented: true, leavesAs: plain })

/** Films made for the test. */
export const madeFilms: readonly EveryFilm[] = [
  film(plain, usual),
  film('a moov in front', `${usual} -movflags +faststart`, { leavesAs: plain }),
  film('negative composition offsets in version 1', `${usual} -movflags negative_cts_offsets`),
  film('sound half a second late', `${picture()} -itsoffset 0.5 ${tone(13)} ${avc} ${aac}`),
  film('pictures two seconds late', `-itsoffset 2 ${picture(12)} ${tone()} ${avc} ${aac}`),
  film('sound eight seconds longer', `${picture(6)} ${tone()} ${avc} ${aac}`, { endsApart: true }),
  film('pictures eight seconds longer', `${picture()} ${tone(6)} ${avc} ${aac}`, { endsApart: true }),
  film('an edit that begins within a group', () => `-ss 3.3 -i ${make(usual)} -c copy`, {
    leftOut: ['PACKAGING_MEDIA_HIDDEN'],
  }),
  film('one key frame', `${both} -c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 1000 ${aac}`),
  film('nothing but key frames', `${both} -c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 1 ${aac}`),
  film(
    'a variable frame rate',
    `${picture(14, ",select='lt(mod(n,75),50)+not(mod(n,5))'")} ${tone()} -fps_mode vfr ${avc} ${aac}`,
  ),
  film('pixels that are not square', `${both} -vf setsar=64/45 ${avc} ${aac}`),
  film('pictures on their side', `${both} -metadata:s:v rotate=90 ${avc} ${aac}`),
  film(
    'AVC with leading pictures',
    `${both} -c:v libx264 -preset veryfast -pix_fmt yuv420p -x264-params open-gop=1:bframes=3:b-adapt=0:keyint=50:min-keyint=50:scenecut=0 ${aac}`,
    { unseekable: 'it decodes AVC from IDR pictures only, also the upload itself' },
  ),
  film('HEVC hvc1', `${both} ${hevc('open-gop=0')} -tag:v hvc1 ${aac}`),
  film('HEVC hev1', `${both} ${hevc('open-gop=0')} -tag:v hev1 ${aac}`),
  film('HEVC of 10 bits', `${both} ${hevc('open-gop=0', 'yuv420p10le')} -tag:v hvc1 ${aac}`),
  film('HEVC with leading pictures', `${both} ${hevc('open-gop=1')} -tag:v hvc1 ${aac}`),
  film('AV1', `${both} -c:v libsvtav1 -preset 12 -g 50 -svtav1-params scd=0 ${aac}`),
  film('VP9', `${both} -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 50 ${aac}`),
  film('AC-3', `${both} ${avc} -c:a ac3`),
  film('E-AC-3', `${both} ${avc} -c:a eac3`),
  film('Opus', `${both} ${avc} -c:a libopus`),
  film('FLAC', `${both} ${avc} -c:a flac -strict -2`),
  film('MP3', `${both} ${avc} -c:a libmp3lame`),
  film('QuickTime sound of version 1', `${usual} -timecode 01:00:00:00`, {
    ending: 'mov',
    leftOut: ['MP4_HANDLER_UNSUPPORTED'],
  }),
  film('QuickTime sound of version 2', `${picture()} ${tone(14, 96_000)} ${avc} ${aac}`, { ending: 'mov' }),
  film('QuickTime sound nobody can deliver', `${both} ${avc} -c:a pcm_s16le`, {
    ending: 'mov',
    refused: 'PACKAGING_SOUND_LOST',
  }),
  film(
    'sound in three languages',
    `${both} ${tone()} ${tone()} -map 0 -map 1 -map 2 -map 3 ${avc} ${aac} -b:a:1 96k -b:a:2 80k ` +
      '-metadata:s:a:0 language=deu -metadata:s:a:1 language=fra -metadata:s:a:2 language=eng',
  ),
  film(
    'sound in two languages and two codecs',
    `${both} -map 0 -map 1 -map 1 -map 1 -map 1 ${avc} ${aac} -b:a:1 96k -c:a:2 ac3 -c:a:3 ac3 -b:a:3 96k ` +
      '-metadata:s:a:0 language=deu -metadata:s:a:1 language=eng -metadata:s:a:2 language=deu -metadata:s:a:3 language=eng',
  ),
  film(
    'sound in two languages, one of them in a second codec',
    `${both} -map 0 -map 1 -map 1 -map 1 ${avc} ${aac} -b:a:1 96k -c:a:2 ac3 ` +
      '-metadata:s:a:0 language=deu -metadata:s:a:1 language=eng -metadata:s:a:2 language=eng',
  ),
  several('a ladder of three files and sound in two', () => [
    ...[320, 640, 160].map((width) => ({
      file: make(`${picture()} -vf scale=${width}:-2 ${avc}`),
    })),
    { file: make(`${tone()} ${aac}`), language: 'de', name: 'Deutsch' },
    { file: make(`${tone()} ${aac} -b:a 96k`), language: 'en', name: 'English' },
  ]),
  ...[
    'frag_keyframe+empty_moov',
    'frag_keyframe+empty_moov+default_base_moof',
    'frag_keyframe+empty_moov+omit_tfhd_offset',
    'frag_keyframe+empty_moov+separate_moof',
    'frag_keyframe+empty_moov+negative_cts_offsets+default_base_moof',
    'dash+frag_keyframe',
    'dash+frag_keyframe+global_sidx',
  ].map(fragments),
  film('samples in the moov and in fragments behind it', `${usual} -movflags frag_keyframe`, {
    fragmented: true,
    unreadByMediabunny: 'it knows no fragments behind a moov that has samples',
  }),
  changed(
    'fragments that do not say when they begin',
    `${usual} -movflags frag_keyframe+empty_moov`,
    withoutClocks,
    {
      fragmented: true,
      leavesAs: plain,
      unreadByMediabunny: 'it shows pictures without a clock later than they are',
    },
  ),
  changed('sizes in a compact table of 16 bits', usual, withCompactSizes, { leavesAs: plain }),
  changed('a media box of 64 bits', usual, withLargeSize, { leavesAs: plain }),
  changed('a media box without an end', `${usual} -movflags +faststart`, withOpenEnd, { leavesAs: plain }),
  changed('wide, uuid and free between', usual, withOthersBetween, { leavesAs: plain }),
  several('two sample descriptions', () => [
    {
      file: joinFilms(
        readFileSync(make(`${picture(8)} ${tone(8)} ${avc} -profile:v main ${aac}`)),
        readFileSync(
          make(`${picture(8)} ${tone(8)} ${avc} -profile:v high -vf hue=h=90,scale=480:-2 ${aac}`),
        ),
      ),
    },
  ]),
  several('two sample descriptions and subtitles', () => {
    const title = join(folder, 'title.srt')
    mkdirSync(folder, { recursive: true })
    writeFileSync(title, '1\n00:00:01,000 --> 00:00:07,000\nA title\n')
    const words = (more: string): string =>
      `${picture(8)} ${tone(8)} -i ${title} -map 0 -map 1 -map 2 ${avc} ${more} ${aac} -c:s mov_text`
    return [
      {
        file: joinFilms(
          readFileSync(make(words('-profile:v main'))),
          readFileSync(make(words('-profile:v high -vf scale=480:-2'))),
        ),
      },
    ]
  }),
  several('two sample descriptions that say the same', () => {
    const eight = readFileSync(make(`${picture(8)} ${tone(8)} ${avc} ${aac}`))
    return [{ file: joinFilms(eight, eight) }]
  }),
  changed(
    'HEVC with an edit within a group and a track of metadata',
    () =>
      `-ss 3.3 -i ${make(`${both} ${hevc('open-gop=0')} -tag:v hvc1 ${aac} -timecode 01:00:00:00`, 'mov')} -map 0:v -map 0:a -c copy -tag:v hvc1 -f mov`,
    withMetadata,
    { leftOut: ['MP4_HANDLER_UNSUPPORTED', 'PACKAGING_MEDIA_HIDDEN'] },
  ),
  changed(
    'a track without samples',
    `${both} -map 0 -map 1 -map 1 ${avc} ${aac} -b:a:1 96k`,
    withEmptyTrack,
    {
      leftOut: ['MP4_TRACK_EMPTY'],
    },
  ),
  changed('a film cut off', `${usual} -movflags +faststart`, (bytes) => bytes.subarray(0, bytes.length / 2), {
    refused: 'MP4_TRUNCATED',
  }),
  changed('an edit list that leaves the middle out', usual, withTwoRuns, {
    refused: 'PACKAGING_NOTHING_PLAYABLE',
    because: 'expected one run of media',
  }),
  changed('a compressed moov', usual, withCompressedMoov, { refused: 'MP4_MOOV_COMPRESSED' }),
  film('MPEG-4 part 2', `${picture(2)} -c:v mpeg4`, {
    refused: 'PACKAGING_NOTHING_PLAYABLE',
    because: 'got mp4v',
  }),
  film('ProRes', `${picture(1)} -c:v prores_ks`, {
    ending: 'mov',
    refused: 'PACKAGING_NOTHING_PLAYABLE',
    because: 'got apch',
  }),
]

function withCompactSizes(bytes: Uint8Array): Uint8Array {
  return editBoxes(bytes, ({ raw }, path) => {
    if (path !== 'moov/trak/mdia/minf/stbl/stsz') return undefined
    const from = new DataView(raw.buffer, raw.byteOffset, raw.length)
    const count = from.getUint32(16)
    const to = Buffer.alloc(12 + count * 2)
    to.writeUInt32BE(16, 4)
    to.writeUInt32BE(count, 8)
    for (let i = 0; i < count; i++) to.writeUInt16BE(from.getUint32(20 + i * 4), 12 + i * 2)
    return boxOf('stz2', to)
  })
}

/** FFmpeg leaves eight bytes in front of the media box, for this. */
function withLargeSize(bytes: Uint8Array): Uint8Array {
  const copy = Buffer.from(bytes)
  const at = copy.indexOf('mdat') - 4
  const size = copy.readUInt32BE(at)
  copy.writeUInt32BE(1, at - 8)
  copy.write('mdat', at - 4, 'latin1')
  copy.writeBigUInt64BE(BigInt(size + 8), at)
  return copy
}

function withoutClocks(bytes: Uint8Array): Uint8Array {
  const copy = Buffer.from(bytes)
  for (let at = copy.indexOf('tfdt'); at >= 0; at = copy.indexOf('tfdt', at)) copy.write('free', at, 'latin1')
  return copy
}

/** The track of time codes becomes one of timed metadata, as telephones write it. */
function withMetadata(bytes: Uint8Array): Uint8Array {
  const copy = Buffer.from(bytes)
  for (let at = copy.indexOf('tmcd'); at >= 0; at = copy.indexOf('tmcd', at)) copy.write('mebx', at, 'latin1')
  return copy
}

/** The last track's. */
function withEmptyTrack(bytes: Uint8Array): Uint8Array {
  const empty = new Set(['stts', 'stsc', 'stsz', 'stco', 'sbgp'])
  let track = 0
  return editBoxes(bytes, ({ type }, path) => {
    if (path === 'moov/trak') track++
    if (track < 3 || !empty.has(type)) return undefined
    return type === 'sbgp' ? boxOf('free') : tableOf(type, 0, ...(type === 'stsz' ? [0] : []))
  })
}

function withOpenEnd(bytes: Uint8Array): Uint8Array {
  const copy = Buffer.from(bytes)
  copy.writeUInt32BE(0, copy.indexOf('mdat') - 4)
  return copy
}

function withOthersBetween(bytes: Uint8Array): Uint8Array {
  return editBoxes(bytes, ({ type, raw }, path) => {
    if (path === 'free') return boxOf('wide')
    if (path !== 'moov') return undefined
    return Buffer.concat([
      boxOf('uuid', Buffer.alloc(99)),
      boxOf('free', Buffer.alloc(5000)),
      boxOf(type, raw.subarray(8)),
    ])
  })
}

function withTwoRuns(bytes: Uint8Array): Uint8Array {
  return editBoxes(bytes, (_, path) =>
    path === 'moov/trak/edts/elst'
      ? tableOf('elst', 2, 2000, 1024, 0x10000, 2000, 500_000, 0x10000)
      : undefined,
  )
}

function withCompressedMoov(bytes: Uint8Array): Uint8Array {
  return editBoxes(bytes, ({ raw }, path) =>
    path === 'moov'
      ? boxOf('moov', boxOf('cmov', boxOf('dcom', Buffer.from('zlib')), boxOf('cmvd', raw)))
      : undefined,
  )
}
