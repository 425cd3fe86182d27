/** Rules of two fetches of one Media Playlist, the earlier one first: M1, M3, M4, M10, M12. */
import type { Broken } from './lexer.ts'
import { CLOCK_TOLERANCE_MS, clockOf } from './media-rules.ts'
import { type JudgedPlaylist, type JudgedSegment, tagsNamed } from './playlist.ts'

/** What changed that must not. */
export function reloadRules(before: JudgedPlaylist, after: JudgedPlaylist): Broken[] {
  const broken: Broken[] = []
  if (said(before, 'EXT-X-TARGETDURATION') !== said(after, 'EXT-X-TARGETDURATION')) {
    broken.push({ rule: 'M1', why: 'the target duration changed' })
  }
  return [...broken, ...window(before, after), ...sameClock(before, after), ...types(before, after)]
}

const said = (playlist: JudgedPlaylist, name: string) => tagsNamed(playlist, name)[0]?.value

function window(before: JudgedPlaylist, after: JudgedPlaylist): Broken[] {
  const [first, last] = [after.segments[0], after.segments.at(-1)]
  const [oldFirst, oldLast] = [before.segments[0], before.segments.at(-1)]
  if (!first || !last || !oldFirst || !oldLast) return []
  const broken: Broken[] = []
  if (first.sequence < oldFirst.sequence) {
    broken.push({ rule: 'M3', why: `media sequence went from ${oldFirst.sequence} to ${first.sequence}` })
  }
  if (last.sequence < oldLast.sequence) {
    broken.push({ rule: 'M3', why: `the last segment ${oldLast.sequence} was taken away again` })
  }
  if (first.discontinuities < oldFirst.discontinuities) {
    broken.push({ rule: 'M4', line: first.line, why: 'the discontinuity sequence fell' })
  }
  const old = new Map(before.segments.map((segment) => [segment.sequence, segment]))
  for (const segment of after.segments) {
    const same = old.get(segment.sequence)
    if (same) broken.push(...unchanged(same, segment))
  }
  return broken
}

function unchanged(before: JudgedSegment, after: JudgedSegment): Broken[] {
  const broken: Broken[] = []
  const { line, sequence } = after
  // a gap is never loaded, so what fills it later may have another name
  const wasGap = before.tags.some(({ tag }) => tag === 'EXT-X-GAP')
  if (before.uri !== after.uri && !wasGap) {
    broken.push({ rule: 'M3', line, why: `segment ${sequence} was ${before.uri}, is ${after.uri}` })
  }
  if (before.seconds !== after.seconds) {
    broken.push({
      rule: 'M3',
      line,
      why: `segment ${sequence} was ${before.seconds} s, is ${after.seconds} s`,
    })
  }
  if (before.discontinuities !== after.discontinuities) {
    const change = `${before.discontinuities} to ${after.discontinuities}`
    broken.push({
      rule: 'M4',
      line,
      why: `discontinuity sequence of segment ${sequence} went from ${change}`,
    })
  }
  return broken
}

function sameClock(before: JudgedPlaylist, after: JudgedPlaylist): Broken[] {
  const old = clockOf(before)
  return [...clockOf(after)].flatMap(([sequence, ms]) => {
    const shift = ms - (old.get(sequence) ?? ms)
    return Math.abs(shift) > CLOCK_TOLERANCE_MS
      ? [{ rule: 'M10', why: `clock of segment ${sequence} moved by ${Math.round(shift)} ms` }]
      : []
  })
}

function types(before: JudgedPlaylist, after: JudgedPlaylist): Broken[] {
  const broken: Broken[] = []
  const type = tagsNamed(before, 'EXT-X-PLAYLIST-TYPE')[0]?.value
  const nextType = tagsNamed(after, 'EXT-X-PLAYLIST-TYPE')[0]?.value
  const ended = tagsNamed(before, 'EXT-X-ENDLIST').length > 0
  if (type !== nextType) broken.push({ rule: 'M12', why: `the type went from ${type} to ${nextType}` })
  if ((type === 'VOD' || ended) && before.text !== after.text) {
    broken.push({ rule: 'M12', why: 'changed although complete' })
  }
  if (type === 'EVENT' && before.segments[0]?.sequence !== after.segments[0]?.sequence) {
    broken.push({ rule: 'M12', why: 'an EVENT lost segments' })
  }
  return broken
}
