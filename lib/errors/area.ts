/** The form of the tables of error codes: an area a file, all of them together in `table.ts`. */

/** What is said of a code. */
export interface ErrorEntry {
  /** The HTTP status it is answered with; several where doors differ, none for what only an asset's record says. */
  readonly status: number | readonly number[]
  /** What is wrong. */
  readonly meaning: string
  /** What to do next. */
  readonly advice: string
  /** A command that helps, to copy. */
  readonly command?: string
  /** How the console can help with it: by another upload, or by replaying this one. */
  readonly remedy?: 'upload' | 'replay'
}

/** The codes of one area: `A_B` in capitals, the first word says what it is about. */
export type ErrorArea = Readonly<Record<`${Uppercase<string>}_${Uppercase<string>}`, ErrorEntry>>

/** The status of what is not answered to anybody: it stands in the record of an asset. */
export const recorded = [] as const

/** What helps against most faults of a film. */
export const writeAnew = {
  advice:
    'Write the film anew with another tool, which repairs most such faults without a loss, and upload that.',
  command: 'ffmpeg -i film.mp4 -map 0 -c copy -movflags +faststart new.mp4',
  remedy: 'upload',
} as const satisfies Partial<ErrorEntry>

/** What helps against more than one film may have. */
export const cutSmaller = {
  advice:
    'Cut the film into several, or leave out what is not needed, and upload that: it is more than one film may have.',
  remedy: 'upload',
} as const satisfies Partial<ErrorEntry>

/** What helps where the codec is at fault. */
export const encodeAnew = {
  advice:
    'Encode the track as H.264, HEVC, AV1 or VP9, the sound as AAC, AC-3, E-AC-3, Opus, FLAC or MP3, and upload the film again.',
  remedy: 'upload',
} as const satisfies Partial<ErrorEntry>

/** What helps where others were quicker, or a service is busy. */
export const tryAgain = {
  advice: 'Try once more after the seconds of Retry-After: others were changing the same, or too many asked.',
} as const satisfies Partial<ErrorEntry>

/** What helps where something of ours was stored wrongly, or by a later version. */
export const readLog = {
  advice:
    'Read the log of the function that answered: it names what was read. Deploy the version that wrote it, or make it anew.',
} as const satisfies Partial<ErrorEntry>
