/** Rules of text tracks: WebVTT and TTML in ISO files (ISO/IEC 23000-19 11, 14496-30). */
import { atomsOf, fields, Malformed, within } from './boxes.ts'
import type { Findings } from './clauses.ts'
import type { CmafHeader } from './init-rules.ts'
import type { CmafFragment } from './segment-rules.ts'

const ttml = 'http://www.w3.org/ns/ttml'

/** Judges the sample entry of text. */
export function textEntryRules({ entry, handler }: CmafHeader, findings: Findings): void {
  const want = (holds: boolean, why: string) => findings.want(holds, 'text.entry', 'init', why)
  if (entry.type === 'wvtt') {
    const vttC = within(entry, 8).find(({ type }) => type === 'vttC')
    want(handler === 'text', `wvtt under ${handler}`)
    want(
      vttC !== undefined && textOf(fields(vttC)).startsWith('WEBVTT'),
      'wvtt without a vttC that begins with WEBVTT',
    )
  } else if (entry.type === 'stpp') {
    const words = textOf(fields(entry, 8)).split('\0')
    want(handler === 'subt', `stpp under ${handler}`)
    want(
      words.length >= 4 && (words[0] ?? '').split(' ').includes(ttml),
      `stpp with namespaces "${words[0]}"`,
    )
  } else want(false, `text of ${entry.type}`)
}

/** Judges what the samples hold. */
export function textSampleRules(
  { entry }: CmafHeader,
  fragments: readonly CmafFragment[],
  findings: Findings,
): void {
  for (const { samples, where } of fragments)
    for (const { bytes } of samples)
      findings.want(
        entry.type === 'wvtt' ? isCues(bytes) : isDocument(bytes),
        'text.samples',
        where,
        `a sample of ${bytes.length} bytes`,
      )
}

/** One `vtte`, or one or more `vttc` with their payload, and comments (14496-30 6.6). */
function isCues(bytes: Uint8Array): boolean {
  try {
    const cues = atomsOf(bytes)
    if (cues.some(({ type }) => type === 'vtte')) return cues.length === 1
    return (
      cues.length > 0 &&
      cues.every(
        (cue) =>
          cue.type === 'vtta' || (cue.type === 'vttc' && within(cue, 0).some(({ type }) => type === 'payl')),
      )
    )
  } catch (error) {
    if (error instanceof Malformed) return false
    throw error
  }
}

const isDocument = (bytes: Uint8Array): boolean => {
  const text = textOf(bytes)
  return /^\uFEFF?\s*</.test(text) && /<\/?([\w-]+:)?tt[\s>]/.test(text)
}

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
