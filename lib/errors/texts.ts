/** Errors of subtitles, in a film or beside it. */
import { type ErrorArea, recorded } from './area.ts'

const mend = {
  advice: 'Mend the subtitles, or convert them to WebVTT, and upload them again.',
  remedy: 'upload',
} as const
const fewer = {
  advice: 'Upload shorter subtitles: cut them into several files, or leave out what repeats.',
  remedy: 'upload',
} as const

export const texts = {
  PACKAGING_TEXT_REPEATED: {
    status: recorded,
    meaning: 'Two texts have the same language and role.',
    advice: 'Give one of them another language, role or name in asset.json, and upload that.',
    remedy: 'upload',
  },
  PACKAGING_TEXT_UNSUPPORTED: {
    status: recorded,
    meaning: 'Subtitles are in a format that is not read.',
    ...mend,
  },
  SRT_CUES: { status: 400, meaning: 'A file of SubRip has no cues.', ...mend },
  TEXT_CUES_BEYOND: {
    status: 400,
    meaning: 'Cues begin after the end of the film.',
    advice: 'Check that these subtitles are of this film, and of this cut of it; then upload the right ones.',
    remedy: 'upload',
  },
  TEXT_CUES_BROKEN: { status: recorded, meaning: 'Some cues could not be read, and were left out.', ...mend },
  TEXT_CUES_MANY: { status: 400, meaning: 'There are more cues than a film may have.', ...fewer },
  TEXT_EMPTY: { status: 400, meaning: 'Subtitles have no cue at all.', ...mend },
  TEXT_ENCODING: {
    status: 400,
    meaning: 'Subtitles are neither UTF-8 nor UTF-16 with a byte order mark.',
    advice: 'Save the subtitles as UTF-8, and upload them again.',
    command: 'iconv -f windows-1252 -t utf-8 film.srt > utf-8.srt',
    remedy: 'upload',
  },
  TEXT_LARGE: { status: 400, meaning: 'Subtitles have more bytes than a film may have of them.', ...fewer },
  TEXT_OVERLAP: {
    status: 400,
    meaning: 'Too many subtitles are shown at the same time.',
    advice: 'Let fewer cues overlap, and upload the subtitles again.',
    remedy: 'upload',
  },
  TEXT_PICTURES: {
    status: 400,
    meaning: 'Subtitles are pictures of text, which players do not show.',
    advice: 'Export the subtitles as text, and upload that.',
    remedy: 'upload',
  },
  TEXT_TTML: { status: 400, meaning: 'A subtitle is no well-formed TTML.', ...mend },
  TEXT_TTML_SHIFTED: {
    status: 400,
    meaning: 'Times of TTML do not count from the start of the film.',
    advice: 'Upload the subtitles as a file beside the film, their times from its start.',
    remedy: 'upload',
  },
  WEBVTT_SIGNATURE: { status: 400, meaning: 'A file of WebVTT does not begin with WEBVTT.', ...mend },
} as const satisfies ErrorArea
