/** Converts the samples of a text track to cues on the asset's clock. */
import {
  faceStyle,
  readTx3gSample,
  readWvttSample,
  type Tx3gEntry,
  type Tx3gSample,
  type WvttCue,
} from '../../formats/isobmff/index.ts'
import {
  type Cue,
  escapeCueText,
  readWebVtt,
  shiftTimestamps,
  timestampMs,
  timestampPattern,
  type WebVtt,
} from '../../formats/webvtt/index.ts'
import type { TextTrack } from './track.ts'

/** Cues and their styles. */
export type TimedText = Pick<WebVtt, 'styles' | 'regions' | 'cues'>

/** The time a sample is shown, in the track's ticks with edits applied; empty if an edit hides it. */
export function editedSpan(
  { samples, edit }: TextTrack,
  index: number,
): { readonly from: number; readonly to: number } {
  const toFilm = edit.shift - edit.mediaStart
  const end = edit.mediaEnd === undefined ? Number.POSITIVE_INFINITY : edit.mediaEnd + toFilm
  const at = (samples.decodeTimes[index] ?? 0) + (samples.compositionOffsets?.[index] ?? 0) + toFilm
  const length = (samples.decodeTimes[index + 1] ?? 0) - (samples.decodeTimes[index] ?? 0)
  return { from: Math.max(at, edit.shift), to: Math.min(at + length, end) }
}

/** Cues of 3GPP timed text: one for every sample with text. */
export function tx3gCues(track: TextTrack, entry: Tx3gEntry, samples: readonly Uint8Array[]): TimedText {
  const cues: Cue[] = []
  const settings = placeOf(entry)
  for (const [i, bytes] of samples.entries()) {
    const { from, to } = editedSpan(track, i)
    const sample = readTx3gSample(bytes, track.samples.offsets[i] ?? 0)
    if (sample.text.trim() === '') continue
    const times = timesOf(track, from, to)
    if (times) cues.push({ ...times, ...(settings && { settings }), text: tagged(sample, entry.face) })
  }
  return { styles: [], regions: [], cues }
}

function timesOf(
  { timescale }: TextTrack,
  from: number,
  to: number,
): Pick<Cue, 'startMs' | 'endMs'> | undefined {
  const startMs = Math.round((from * 1000) / timescale)
  const endMs = Math.round((to * 1000) / timescale)
  return endMs > startMs ? { startMs, endMs } : undefined
}

/** WebVTT settings for the position; bottom and centre is the default. */
function placeOf({ horizontal, vertical }: Tx3gEntry): string {
  const line = vertical === 'top' ? 'line:0' : vertical === 'middle' ? 'line:50%' : ''
  return `${line} ${horizontal === 'centre' ? '' : `align:${horizontal}`}`.trim()
}

const tags = [
  ['b', faceStyle.bold],
  ['i', faceStyle.italic],
  ['u', faceStyle.underline],
] as const

/** Adds style tags; styles count characters, not code units (3GPP TS 26.245 5.17.1.1). */
function tagged({ text, styles }: Tx3gSample, usual: number): string {
  const characters = Array.from(text)
  const faces = new Uint8Array(characters.length).fill(usual)
  for (const { from, to, face } of styles) faces.fill(face, from, Math.max(from, to))
  let out = ''
  let open = 0
  const change = (face: number): void => {
    if (face === open) return
    for (const [tag, bit] of tags.toReversed()) if (open & bit) out += `</${tag}>`
    for (const [tag, bit] of tags) if (face & bit) out += `<${tag}>`
    open = face
  }
  for (const [i, character] of characters.entries()) {
    change((faces[i] ?? 0) & 7)
    if (character !== '\0') out += escapeCueText(character)
  }
  change(0)
  return out
}

interface OpenCue {
  /** Identifies the same cue in the next sample. */
  readonly key: string
  readonly from: number
  readonly cue: WvttCue
  to: number
}

/** Cues of WebVTT samples: a cue split into several samples is merged again. */
export function wvttCues(track: TextTrack, header: string, samples: readonly Uint8Array[]): TimedText {
  const { styles, regions } = readWebVtt(header.startsWith('WEBVTT') ? header : 'WEBVTT')
  const found: OpenCue[] = []
  let open: OpenCue[] = []
  for (const [i, bytes] of samples.entries()) {
    const { from, to } = editedSpan(track, i)
    const before = open
    open = []
    for (const cue of readWvttSample(bytes, track.samples.offsets[i] ?? 0)) {
      if (to <= from) continue
      const key =
        cue.sourceId === undefined
          ? JSON.stringify([cue.id, cue.settings, cue.text])
          : `source ${cue.sourceId}`
      const part = before.findIndex((one) => one.key === key && one.to === from)
      const [continued] = part < 0 ? [] : before.splice(part, 1)
      const here = continued ?? { key, from, to, cue: onFilmsClock(track, i, cue) }
      here.to = to
      if (!continued) found.push(here)
      open.push(here)
    }
  }
  const cues = found.flatMap(({ from, to, cue: { id, settings, text } }): Cue[] => {
    const times = timesOf(track, from, to)
    return times ? [{ ...times, ...(id && { id }), ...(settings && { settings }), text }] : []
  })
  return { styles, regions, cues }
}

const wholeTimestamp = new RegExp(`^${timestampPattern}$`)

/** Shifts timestamps within cue text, which have a clock of their own given by `ctim` (ISO/IEC 14496-30 6.6). */
function onFilmsClock({ samples, edit, timescale }: TextTrack, i: number, cue: WvttCue): WvttCue {
  const mediaMs = Math.round(((samples.decodeTimes[i] ?? 0) * 1000) / timescale)
  const shiftMs = Math.round(((edit.shift - edit.mediaStart) * 1000) / timescale)
  const { currentTime = '' } = cue
  const clockMs = wholeTimestamp.test(currentTime) ? timestampMs(currentTime) : mediaMs
  return { ...cue, text: shiftTimestamps(cue.text, mediaMs + shiftMs - clockMs) }
}
