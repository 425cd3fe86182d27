/**
 * Reads WebVTT by the specified parser (W3C WebVTT 6.1): an invalid block is skipped and reported, the rest is kept.
 */
import { HeadendError } from '../../errors.ts'
import { type Cue, maxCues, Problems, type WebVtt } from './cue.ts'
import { Lines } from './lines.ts'
import { timestampMs, timestampPattern } from './timestamp.ts'

/** Reads a file; throws WEBVTT_SIGNATURE if it is not WebVTT. */
export function readWebVtt(text: string): WebVtt {
  const lines = new Lines(text.replace(/^\ufeff/, ''))
  const first = lines.next() ?? ''
  if (!/^WEBVTT(?:[ \t]|$)/.test(first))
    throw new HeadendError(
      'WEBVTT_SIGNATURE',
      `line 1: expected WEBVTT, got ${JSON.stringify(first.slice(0, 40))}`,
    )
  const timestampMap = readHeader(lines)
  const styles: string[] = []
  const regions: string[] = []
  const cues: Cue[] = []
  const problems = new Problems()
  for (let block = nextBlock(lines); block; block = nextBlock(lines)) {
    const { head, times, line } = block
    const [opening = '', ...rest] = head
    if (times !== undefined) {
      const cue = readCue(block, problems)
      if (cue) cues.push(cue)
      if (cues.length > maxCues)
        throw new HeadendError('TEXT_CUES_MANY', `line ${line}: expected at most ${maxCues} cues, got more`)
    } else if (cues.length === 0 && /^STYLE\s*$/.test(opening)) styles.push(rest.join('\n'))
    else if (cues.length === 0 && /^REGION\s*$/.test(opening)) regions.push(rest.join('\n'))
    else if (!/^NOTE(?:[ \t]|$)/.test(opening))
      problems.add(line, `expected a cue or a comment, got ${shown(opening)}`)
  }
  return { ...(timestampMap && { timestampMap }), styles, regions, cues, ...problems.found }
}

/** Reads up to the first empty line, or the first cue if that line is missing. */
function readHeader(lines: Lines): WebVtt['timestampMap'] {
  let map: WebVtt['timestampMap']
  for (let line = lines.next(); line; line = lines.next()) {
    if (line.includes('-->')) {
      lines.back()
      break
    }
    map ??= timestampMapOf(line)
  }
  return map
}

/** RFC 8216bis 3.1.4. */
function timestampMapOf(line: string): WebVtt['timestampMap'] {
  if (!line.startsWith('X-TIMESTAMP-MAP=')) return undefined
  const local = localTime.exec(line)?.[1]
  const mpegTs = /[=,]\s*MPEGTS:(\d{1,15})/.exec(line)?.[1]
  return local === undefined || mpegTs === undefined
    ? undefined
    : { localMs: timestampMs(local), mpegTs: Number(mpegTs) }
}

const localTime = new RegExp(`[=,]\\s*LOCAL:(${timestampPattern})`)

interface Block {
  /** The number of its first line. */
  readonly line: number
  /** Lines before the times; all of them if there are none. */
  readonly head: readonly string[]
  readonly times?: { readonly line: number; readonly text: string }
  readonly body: readonly string[]
}

/** "Collect a WebVTT block": times are in its first or second line, else they open the next block. */
function nextBlock(lines: Lines): Block | undefined {
  let line = lines.next()
  while (line === '') line = lines.next()
  if (line === undefined) return undefined
  const from = lines.number
  const head: string[] = []
  const body: string[] = []
  let times: Block['times']
  for (; line; line = lines.next()) {
    if (!line.includes('-->')) (times ? body : head).push(line)
    else if (!times && head.length < 2) times = { line: lines.number, text: line }
    else {
      lines.back()
      break
    }
  }
  return { line: from, head, ...(times && { times }), body }
}

const timesPattern = new RegExp(
  `^[ \\t\\f]*(${timestampPattern})[ \\t\\f]*-->[ \\t\\f]*(${timestampPattern})(?:[ \\t\\f]+(.*))?$`,
)

function readCue({ head: [id], times, body }: Block, problems: Problems): Cue | undefined {
  const { line = 0, text = '' } = times ?? {}
  const [, start, end, rest] = timesPattern.exec(text) ?? []
  if (start === undefined || end === undefined) {
    problems.add(line, `expected times as 00:00:01.000 --> 00:00:02.000, got ${shown(text)}`)
    return undefined
  }
  const [startMs, endMs] = [timestampMs(start), timestampMs(end)]
  if (endMs <= startMs) {
    problems.add(line, `expected a cue that ends after it starts, got ${shown(text)}`)
    return undefined
  }
  const settings = rest?.trim()
  return { startMs, endMs, ...(id && { id }), ...(settings && { settings }), text: body.join('\n') }
}

const shown = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
