/** What a person does about an error, by its code: the message says what is wrong, this how it gets right. */

/** How the console can help with it. */
export type Remedy = 'upload' | 'replay' | 'none'

/** Advice and the button that goes with it. */
export interface WhatToDo {
  readonly text: string
  /** A command that helps, to copy. */
  readonly command?: string
  readonly remedy: Remedy
}

const rewrap = 'ffmpeg -i film.mp4 -map 0 -c copy -movflags +faststart new.mp4'
const replay = 'npm run -s headend -- ingest replay'

const encode =
  'Encode the track as H.264, HEVC, AV1 or VP9, the sound as AAC, AC-3, E-AC-3, Opus, FLAC or MP3, and upload the film again.'

/** The first that fits holds: single codes first, whole areas last. */
const table: readonly (readonly [RegExp, WhatToDo])[] = [
  [
    /^(MP4_TRUNCATED|MP4_BOX_TRUNCATED|OBJECT_SHORT|MP4_NOT_FINISHED)$/,
    {
      text: 'The file is cut off. Compare its size with the original’s and upload the whole file again.',
      remedy: 'upload',
    },
  ],
  [
    /^MP4_MOOV_MISSING$/,
    {
      text: 'The recording was never finished, or what came is not all of it. Let the recorder finish or repair it, then upload it again.',
      remedy: 'upload',
    },
  ],
  [
    /^MP4_NOT_MP4$/,
    {
      text: 'Put the film into MP4; nothing needs to be encoded anew for that. Then upload the MP4.',
      command: 'ffmpeg -i film -map 0 -c copy -movflags +faststart film.mp4',
      remedy: 'upload',
    },
  ],
  [
    /^MP4_TRACK_ENCRYPTED$/,
    { text: 'Upload the film in the clear: protection is put on when it is delivered.', remedy: 'upload' },
  ],
  [
    /^MP4_MEDIA_ELSEWHERE$/,
    {
      text: 'Export the film self-contained, with its media in the file, and upload that.',
      remedy: 'upload',
    },
  ],
  [/^MP4_(CODEC_UNSUPPORTED|DESCRIPTIONS_SEVERAL)$/, { text: encode, remedy: 'upload' }],
  [
    /^MP4_HANDLER_UNSUPPORTED$/,
    {
      text: 'Nothing, unless a viewer needs it: pictures, sound and subtitles are what is delivered.',
      remedy: 'none',
    },
  ],
  [
    /^MP4_(EDIT|EDITS)_/,
    {
      text: 'Export the film without edit lists, so that it plays from its first to its last sample.',
      command: rewrap,
      remedy: 'upload',
    },
  ],
  [
    /^PACKAGING_SOUND_REPEATED$/,
    { text: 'Nothing: the same sound plays from the other file.', remedy: 'none' },
  ],
  [
    /^PACKAGING_LADDER_UNALIGNED$/,
    {
      text: 'Encode all renditions with key frames at the same times (a fixed distance, no scene cuts) and upload them again.',
      command: 'ffmpeg … -force_key_frames "expr:gte(t,n_forced*2)" -sc_threshold 0',
      remedy: 'upload',
    },
  ],
  [/^PACKAGING_NOTHING_PLAYABLE$/, { text: encode, remedy: 'upload' }],
  [
    /^PACKAGING_INTERNAL$/,
    {
      text: 'The file is not to blame. Read the log of the ingest function; once the cause is gone, replay the upload: it is still there.',
      command: replay,
      remedy: 'replay',
    },
  ],
  [
    /_(LARGE|MANY)$/,
    {
      text: 'It is more than one film may have. Cut it into several, or leave out what is not needed, and upload that.',
      remedy: 'upload',
    },
  ],
  [
    /^ASSET_JSON$/,
    {
      text: 'Mend asset.json and put it into the film’s folder again; the films need not be sent anew.',
      remedy: 'none',
    },
  ],
  [
    /^ASSET_FILE_MISSING$/,
    { text: 'Upload the file asset.json names, then asset.json once more.', remedy: 'upload' },
  ],
  [
    /^ASSET_PROTECTION$/,
    {
      text: 'Take the protection out of asset.json, or keep the film back until there are keys for it.',
      remedy: 'none',
    },
  ],
  [
    /^ASSET_(KEY|ID)$/,
    {
      text: 'Upload the file again under a name of letters, digits, dots, hyphens and underscores.',
      remedy: 'upload',
    },
  ],
  [/^ASSET_RECORD$/, { text: 'Upload the film again: that writes its entry anew.', remedy: 'upload' }],
  [/^UPLOAD_/, { text: 'Press Retry: what has arrived is not sent twice.', remedy: 'none' }],
  [
    /^PACKAGING_TEXT/,
    { text: 'Mend the subtitles, or convert them to WebVTT, and upload them again.', remedy: 'upload' },
  ],
]

const anyFilm: WhatToDo = {
  text: 'Write the film anew with another tool, which repairs most such faults without a loss, and upload that.',
  command: rewrap,
  remedy: 'upload',
}

/** Never nothing: what no line knows is a film to be written anew. */
export const whatToDo = (code: string): WhatToDo => table.find(([shape]) => shape.test(code))?.[1] ?? anyFilm
