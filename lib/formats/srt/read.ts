/** Reads SubRip, which has no specification: numbers, times with commas, and text with a little HTML in it. */
import { HeadendError } from '../../errors.ts'
import { type Cue, maxCues, Problems, type WebVtt } from '../webvtt/cue.ts'
import { Lines } from '../webvtt/lines.ts'
import { subRipText } from './text.ts'

const time = String.raw`(\d{1,4}):(\d{1,2}):(\d{1,2})(?:[,.:](\d{1,3}))?`
/** The times may be followed by pixel coordinates in a frame of unknown size. */
const timesPattern = new RegExp(`^\\s*${time}\\s*-->\\s*${time}(?:\\s.*)?$`)

/** Reads a file into WebVTT cues; throws SRT_CUES if it has none. */
export function readSrt(text: string): WebVtt {
  const lines = new Lines(text.replace(/^\ufeff/, ''))
  const cues: Cue[] = []
  const problems = new Problems()
  let open: Pick<Cue, 'startMs' | 'endMs'> | undefined
  let body: string[] = []
  let isNumbered: boolean | undefined
  // A text may contain empty lines; it ends at the number of the next cue.
  const close = (isLast: boolean): void => {
    const isNumber = !isLast && /^\s*\d+\s*$/.test(body.at(-1) ?? '')
    isNumbered ??= isNumber
    if (isNumbered && isNumber) body.pop()
    while (body.at(-1)?.trim() === '') body.pop()
    if (open && body.length > 0) cues.push({ ...open, ...subRipText(body.join('\n')) })
    if (cues.length > maxCues)
      throw new HeadendError(
        'TEXT_CUES_MANY',
        `line ${lines.number}: expected at most ${maxCues} cues, got more`,
      )
    body = []
    open = undefined
  }
  for (let line = lines.next(); line !== undefined; line = lines.next()) {
    if (!line.includes('-->')) {
      body.push(line)
      continue
    }
    close(false)
    open = timesOf(line)
    if (!open)
      problems.add(lines.number, `expected times as 00:00:01,000 --> 00:00:02,000, got ${shown(line)}`)
    else if (open.endMs <= open.startMs) {
      problems.add(lines.number, `expected a cue that ends after it starts, got ${shown(line)}`)
      open = undefined
    }
  }
  close(true)
  if (cues.length === 0 && problems.found.problemCount === 0 && text.trim() !== '')
    throw new HeadendError('SRT_CUES', 'expected cues as 00:00:01,000 --> 00:00:02,000, got none')
  return { styles: [], regions: [], cues, ...problems.found }
}

function timesOf(line: string): Pick<Cue, 'startMs' | 'endMs'> | undefined {
  const match = timesPattern.exec(line)
  if (!match) return undefined
  const [, ...parts] = match
  return { startMs: milliseconds(parts.slice(0, 4)), endMs: milliseconds(parts.slice(4)) }
}

const milliseconds = ([hours, minutes, seconds, fraction = '']: readonly (string | undefined)[]): number =>
  ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(fraction.padEnd(3, '0'))

const shown = (line: string): string => JSON.stringify(line.slice(0, 60))
