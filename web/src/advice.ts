/** What a person can do about a failed asset, by the words of its error code. */

const advices: readonly (readonly [RegExp, string])[] = [
  [
    /TRUNCATED|SHORT|INCOMPLETE/,
    'The file ends too early. Check that it plays on your machine, then upload it again.',
  ],
  [
    /NOTHING_PLAYABLE|CODEC|UNSUPPORTED/,
    'Nothing in it can be delivered. Encode it as H.264 and AAC in an MP4 file.',
  ],
  [
    /UNALIGNED/,
    'Encode all renditions with their key frames at the same times, then upload them and asset.json again.',
  ],
  [
    /ASSET_JSON|FILE_MISSING/,
    'Correct asset.json so that it names the files that are there, then upload it again.',
  ],
  [/NAME|KEY|_ID$/, 'Rename it: letters, digits, dot, underscore and hyphen, 128 characters at most.'],
  [
    /FORMAT|CONTAINER|BOX|MOOV|FTYP|MP4/,
    'It is not a readable MP4 file. Export it again, for example: ffmpeg -i input -c copy output.mp4',
  ],
  [/RECORD/, 'Upload the file again.'],
]

/** The advice for a code; the upload itself always stays. */
export const adviceFor = (code: string): string =>
  advices.find(([shape]) => shape.test(code))?.[1] ??
  'Check that the file plays on your machine, then upload it again.'
