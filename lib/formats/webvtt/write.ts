/** Writes WebVTT (W3C WebVTT 4.1); the same cues always give the same bytes. */
import type { Cue, WebVtt } from './cue.ts'
import { timestamp } from './timestamp.ts'

/** The whole file. What lines may not contain (an arrow, an empty line) is replaced by an equivalent. */
export function writeWebVtt({
  timestampMap,
  styles,
  regions,
  cues,
}: Pick<WebVtt, 'timestampMap' | 'styles' | 'regions' | 'cues'>): string {
  let text = 'WEBVTT\n'
  if (timestampMap)
    text += `X-TIMESTAMP-MAP=LOCAL:${timestamp(timestampMap.localMs)},MPEGTS:${timestampMap.mpegTs}\n`
  for (const region of regions) text += `\nREGION\n${block(region)}`
  for (const style of styles) text += `\nSTYLE\n${block(style)}`
  for (const cue of cues) text += writeCue(cue)
  return text
}

/** The header before the cues, as in `vttC` (ISO/IEC 14496-30 6.5). */
export const webVttHeader = ({ styles, regions }: Pick<WebVtt, 'styles' | 'regions'>): string =>
  writeWebVtt({ styles, regions, cues: [] }).slice(0, -1)

function writeCue({ startMs, endMs, id, settings, text }: Cue): string {
  const name = oneLine(id)
  const place = oneLine(settings)
  return (
    `\n${name && `${name}\n`}${timestamp(startMs)} --> ${timestamp(endMs)}${place && ` ${place}`}\n` +
    payload(text)
  )
}

const oneLine = (text = ''): string => text.replaceAll(/\s+/g, ' ').replaceAll('-->', '').trim()

/** An empty line would end the cue, so within a text it becomes `&nbsp;`. */
function payload(text: string): string {
  const safe = text.replaceAll(/\r\n?/g, '\n').replaceAll('\0', '\ufffd').replaceAll('-->', '--&gt;')
  const lines = safe.split('\n')
  const first = lines.findIndex((line) => line !== '')
  const last = lines.findLastIndex((line) => line !== '')
  let out = ''
  for (let i = Math.max(0, first); i <= last; i++) out += `${lines[i] || '&nbsp;'}\n`
  return out
}

/** The lines of a style sheet or a region; empty ones have no meaning there. */
const block = (text: string): string =>
  text
    .split(/\r\n?|\n/)
    .filter((line) => line.trim() !== '' && !line.includes('-->'))
    .map((line) => `${line}\n`)
    .join('')
