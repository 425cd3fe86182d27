/** What timelines and manifests say of a track against what its bytes say. */
import { uint } from './boxes.ts'
import type { Findings } from './clauses.ts'
import { codecOf, decoderOf, partsOf, soundOf } from './codec-string.ts'
import { type CmafHeader, sameLanguage } from './init-rules.ts'
import type { CmafFragment } from './segment-rules.ts'

/** Facts about a track; what is absent is not judged. */
export interface TrackFacts {
  readonly codec?: string
  readonly timescale?: number
  readonly width?: number
  readonly height?: number
  /** Pictures a second. */
  readonly frameRate?: number
  readonly sampleRate?: number
  /** BCP 47. */
  readonly language?: string
  /** `cenc` or `cbcs`, and 32 hex digits; null says that the track is clear. */
  readonly key?: { readonly scheme: string; readonly kid: string } | null
  /** When each segment is shown, in ticks, and how long it is. */
  readonly segments?: readonly {
    readonly start: number
    readonly duration: number
    readonly bytes?: number
  }[]
}

interface Told {
  readonly header: CmafHeader
  readonly fragments: readonly CmafFragment[]
  readonly segments: readonly Uint8Array[]
  readonly facts: TrackFacts
}

/** Judges them. */
export function factRules({ header, fragments, segments, facts }: Told, findings: Findings): void {
  const { entry, handler } = header
  const want = (holds: boolean, why: string) => findings.want(holds, 'facts.entry', 'init', why)
  if (facts.codec !== undefined) {
    const codec = codecOf(entry, handler)
    // Text and the optional parts of AV1 and VP9 say more than the entry does.
    const same = facts.codec === codec || facts.codec.startsWith(`${codec}.`)
    findings.want(same, 'facts.codec', 'init', `${facts.codec}, the entry says ${codec}`)
  }
  want(
    facts.timescale === undefined || facts.timescale === header.timescale,
    `timescale ${facts.timescale}, mdhd says ${header.timescale}`,
  )
  if (handler === 'vide') {
    const size = [uint(entry, 24, 2), uint(entry, 26, 2)]
    for (const [i, value] of [facts.width, facts.height].entries())
      want(value === undefined || value === size[i], `${value}, the entry says ${size.join(' x ')}`)
  }
  if (handler === 'soun' && facts.sampleRate !== undefined) {
    const rates = soundRates(header)
    want(rates.includes(facts.sampleRate), `${facts.sampleRate} Hz, the entry says ${rates.join(' or ')}`)
  }
  const language = header.tag ?? header.language
  const isSaid = facts.language !== undefined && language !== 'und'
  findings.want(
    !isSaid || sameLanguage(facts.language ?? '', language),
    'facts.language',
    'init',
    `${facts.language}, the track says ${language}`,
  )
  if (facts.key !== undefined) {
    const { protection } = header
    const own = protection && `${protection.scheme} ${protection.kid}`
    const wanted = facts.key ? `${facts.key.scheme} ${facts.key.kid}` : undefined
    findings.want(own === wanted, 'facts.key', 'init', `${wanted}, the track says ${own}`)
  }
  if (facts.segments) segmentFacts({ header, fragments, segments, facts }, facts.segments, findings)
}

/** What the entry says, or the configuration where that is the rate as heard. */
function soundRates({ entry, handler }: CmafHeader): readonly number[] {
  const esds = partsOf(entry, handler).get('esds')
  const stated = uint(entry, 24, 4) / 65536
  if (!esds || decoderOf(esds).objectType !== 0x40)
    return entry.type === 'fLaC' ? [stated, stated * 2, stated * 4] : [stated]
  const { objectType, rates } = soundOf(decoderOf(esds).specific)
  return objectType === 42 ? [stated] : [rates.at(-1) ?? 0]
}

/**
 * A segment is shown from its first picture to the first of the next; the outer edges may be hidden, because
 * edits cut where encoders do not, and sound is cut to the frame.
 */
function segmentFacts(
  { header, fragments, segments }: Told,
  told: NonNullable<TrackFacts['segments']>,
  findings: Findings,
): void {
  findings.want(
    told.length === segments.length,
    'facts.bytes',
    'all',
    `${told.length} segments said, ${segments.length} there`,
  )
  const edit = header.mediaTime ?? 0
  for (const [i, { start, duration, bytes }] of told.entries()) {
    const where = `segment ${i + 1}`
    const length = segments[i]?.length
    findings.want(
      bytes === undefined || bytes === length,
      'facts.bytes',
      where,
      `${bytes} bytes said, ${length} there`,
    )
    const samples = fragments
      .filter(({ segment }) => segment === i + 1)
      .flatMap((fragment) => fragment.samples)
    const from = samples.reduce((least, { shown }) => Math.min(least, shown), Number.POSITIVE_INFINITY) - edit
    const to =
      samples.reduce((most, one) => Math.max(most, one.shown + one.duration), Number.NEGATIVE_INFINITY) - edit
    const isFirst = i === 0
    const isLast = i === told.length - 1
    const starts = isFirst ? from <= start && (start === Math.max(0, from) || from < 0) : from === start
    findings.want(starts, 'facts.time', where, `starts at ${start}, its first sample at ${from}`)
    const next = told[i + 1]
    const end = start + duration
    findings.want(
      duration > 0 && (!next || next.start === end),
      'facts.time',
      where,
      `ends at ${end}, the next starts at ${next?.start}`,
    )
    findings.want(!isLast || end <= to, 'facts.time', where, `ends at ${end}, its last sample at ${to}`)
  }
}
