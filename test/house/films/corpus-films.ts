/** What is to become of every file of the media corpus: MANIFEST.tsv names them, and none may be missing here. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { corpus, corpusMissing } from '../../judges/corpus.ts'
import type { EveryFilm } from './every-film.ts'

/** A file of the corpus that is no film to upload, and why. */
export interface NoFilm {
  readonly file: string
  readonly why: string
}

const whole = (name: string, more: Partial<EveryFilm> = {}): EveryFilm => ({
  name,
  needs: [name],
  files: async () => [{ file: path(name) }],
  ...more,
})

/** Init and segments, one behind the other, as one upload each. */
const pieces = (
  name: string,
  uploads: readonly (readonly string[])[],
  more: Partial<EveryFilm> = {},
): EveryFilm => ({
  name,
  needs: uploads.flat(),
  files: async () =>
    uploads.map((files) => ({ file: Buffer.concat(files.map((file) => readFileSync(path(file)))) })),
  fragmented: true,
  ...more,
})

const numbered = (from: number, to: number, name: (number: number) => string): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => name(from + i))

const path = (name: string): string => join(corpus, 'media', name)

const encrypted = { refused: 'PACKAGING_NOTHING_PLAYABLE', because: 'expected clear media, got encv' }

/** Films of the corpus, in the order they are tried. */
export const corpusFilms: readonly EveryFilm[] = [
  ...[
    'mp4/big-buck-bunny-480p-30sec.mp4',
    'mp4/long_1080p_lowbitrate.mp4',
    'mp4/sample.mp4',
    'mp4/sample_no_bframes.mp4',
    'mp4/sample_without_stss.mp4',
    'mp4/sample_portrait.mp4',
    'mp4/sample_video_only.mp4',
    'mp4/sample_audio_only_15s.mp4',
    'mp4/sample_av1.mp4',
    'mp4/sample_ac3.mp4',
    'mp4/sample_eac3.mp4',
    'mp4/sample_opus.mp4',
    'mp4/h265_bframes.mp4',
    'mp4/bbb_800x640_768kbps_30fps_vp9.mp4',
    'mp4/prog_8s.mp4',
    'mp4/testvid_1022ms.mp4',
    'mp4/edit_list_positive_shift.mp4',
    'mov/bt601.mov',
    'ads/preroll-5s.mp4',
    'ads/silent-black-10s.mp4',
    // Its media box lies about its length; every sample is there.
    'broken/sample_mdat_too_long.mp4',
  ].map((name) => whole(name)),
  ...[
    'mp4/sample_ac3_fragmented.mp4',
    'fragmented/sample_fragmented.mp4',
    'fragmented/v300_multiple_segments.mp4',
    'captions/fragmented_captions.mp4',
  ].map((name) => whole(name, { fragmented: true })),
  whole('ads/midroll-5s.mp4', { leavesAs: 'ads/preroll-5s.mp4' }),
  whole('ads/postroll-5s.mp4', { leavesAs: 'ads/preroll-5s.mp4' }),
  ...(
    [
      ['fragmented/sample_fragmented_seekable.mp4', 'fragmented/sample_fragmented.mp4'],
      ['fragmented/outV300.mp4', 'fragmented/v300_multiple_segments.mp4'],
      ['encrypted/prog_8s_dec_dashinit.mp4', 'mp4/prog_8s.mp4'],
    ] as const
  ).map(([name, leavesAs]) => whole(name, { fragmented: true, leavesAs })),
  // Captions in a track of their own.
  whole('encrypted/cbcsdec.mp4', { fragmented: true, leftOut: ['MP4_HANDLER_UNSUPPORTED'] }),
  {
    name: 'pictures of one file and longer sound of another',
    endsApart: true,
    needs: [],
    files: async () => [
      { file: path('mp4/sample_video_only.mp4') },
      { file: path('mp4/sample_audio_only_15s.mp4') },
    ],
  },
  ...['gotland_runt_ad', 'train_ad'].map((ad) =>
    pieces(
      `ads/${ad}`,
      ['V1', 'A'].map((track) => [
        `ads/${ad}/${track}/init.mp4`,
        ...numbered(1, 5, (number) => `ads/${ad}/${track}/${number}.m4s`),
      ]),
    ),
  ),
  pieces(
    'cmaf/multi-segment',
    ['video', 'audio'].map((track) => [
      `cmaf/multi-segment/${track}_init.mp4`,
      ...numbered(1, 12, (number) => `cmaf/multi-segment/${track}_${number}.m4s`),
    ]),
  ),
  pieces('cmaf/V300_with_cc1_and_cc3', [
    [
      'cmaf/V300_with_cc1_and_cc3/init.mp4',
      ...numbered(1, 4, (number) => `cmaf/V300_with_cc1_and_cc3/${number}.m4s`),
    ],
  ]),
  pieces(
    'cmaf-ingest-medialive',
    [
      ['video', 'cmfv'],
      ['audio', 'cmfa'],
    ].map(([track, ending]) => [
      `cmaf-ingest-medialive/${track}/init.${ending}`,
      ...numbered(896605655, 896605658, (number) => `cmaf-ingest-medialive/${track}/${number}.${ending}`),
    ]),
  ),
  pieces('emsg/multi-segment-with-emsg0', [
    ['segment_init.mp4', 'segment_1.m4s', 'segment_2.m4s'].map(
      (file) => `emsg/multi-segment-with-emsg0/${file}`,
    ),
  ]),
  whole('encrypted/prog_8s_enc_dashinit.mp4', encrypted),
  whole('encrypted/cbcs.mp4', encrypted),
  whole('hls-sample-aes/hls-sample-aes/video.mp4', encrypted),
  // Its sound has no sample description; its pictures play.
  whole('broken/sample_missing_stsd.mp4', { leftOut: ['MP4_BOX_MISSING'] }),
  whole('broken/sample_malformed_free_box.mp4', { refused: 'MP4_BOX_SIZE' }),
  whole('broken/no_timescale.mp4', { refused: 'MP4_BOX_MISSING' }),
  whole('broken/init_truncated.mp4', { refused: 'MP4_TRUNCATED' }),
]

const reasons: readonly (readonly [ending: string, why: string])[] = [
  [
    '.ts',
    'transport streams as films have a test of their own: their samples leave without what only a stream needs',
  ],
  ['.mpd', 'a manifest of files that are films here'],
  ['.m3u8', 'a playlist of files that are films here'],
  ['.xml', 'cues without media'],
  ['.json', 'cues without media'],
  ['.bin', 'cues without media'],
]

/** Files of the corpus's list, and those of them that are no films with the reason. */
export function listed(): { readonly files: readonly string[]; readonly noFilms: readonly NoFilm[] } {
  if (corpusMissing !== undefined) return { files: [], noFilms: [] }
  const [, ...lines] = readFileSync(path('MANIFEST.tsv'), 'utf8').split('\n')
  const files = lines.flatMap((line) => line.split('\t')[0] || [])
  return {
    files,
    noFilms: files.flatMap((file) => {
      const why = reasons.find(([ending]) => file.endsWith(ending))?.[1]
      return why === undefined ? [] : [{ file, why }]
    }),
  }
}
