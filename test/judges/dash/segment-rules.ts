/** Rules of SegmentTemplate, SegmentList, SegmentBase and SegmentTimeline in ISO/IEC 23009-1 5.3.9. */

import { childOf, childrenOf, type Tree, walk } from '../xml-tree.ts'
import { type BrokenMpd, broken } from './structure-rules.ts'
import { ADDRESSING, addressingOf, runsOf, seconds } from './time.ts'

/** Rules of where the segments are. */
export function segmentRules(mpd: Tree): BrokenMpd[] {
  const list: BrokenMpd[] = []
  for (const element of walk(mpd)) {
    if (ADDRESSING.has(element.name)) list.push(...addressing(mpd, element))
    if (element.name === 'SegmentTemplate') list.push(...template(element))
    if (element.name === 'Representation') list.push(...timing(element))
    if (element.name === 'SegmentTimeline') list.push(...timeline(mpd, element))
  }
  return [...list, ...coverage(mpd)]
}

function addressing(mpd: Tree, element: Tree): BrokenMpd[] {
  const list: BrokenMpd[] = []
  const { name, attributes } = element
  if (attributes['indexRangeExact'] !== undefined && attributes['indexRange'] === undefined) {
    list.push(broken('addressing.indexRangeExact', element, '@indexRangeExact without @indexRange'))
  }
  const own = seconds(attributes['timeShiftBufferDepth'])
  const whole = seconds(mpd.attributes['timeShiftBufferDepth'])
  if (own !== undefined && whole !== undefined && own < whole) {
    list.push(broken('addressing.timeShiftBufferDepth', element, `${own} s is below the MPD's ${whole} s`))
  }
  if (name === 'SegmentBase') return list
  const [hasDuration, hasTimeline] = [
    attributes['duration'] !== undefined,
    childOf(element, 'SegmentTimeline'),
  ]
  if (hasDuration && hasTimeline) {
    list.push(broken('addressing.duration', element, '@duration and SegmentTimeline'))
  }
  const urls = childrenOf(element, 'SegmentURL').length
  const segments = runsOf(element).reduce((sum, { count }) => sum + Math.max(count, 0), 0)
  if (name === 'SegmentList' && hasTimeline && urls > 0 && urls !== segments) {
    list.push(broken('SegmentList.length', element, `${urls} SegmentURLs, ${segments} segments`))
  }
  return list
}

/** More than one segment needs lengths. */
function timing(representation: Tree): BrokenMpd[] {
  const where = addressingOf(representation)
  if (!where || where.name === 'SegmentBase') return []
  const isTimed =
    where.attributes['duration'] !== undefined || childOf(where, 'SegmentTimeline') !== undefined
  const isOne =
    where.name === 'SegmentList'
      ? childrenOf(where, 'SegmentURL').length <= 1
      : !/\$(Number|Time)(%0\d+d)?\$/.test(where.attributes['media'] ?? '')
  return isTimed || isOne
    ? []
    : [broken('addressing.no-duration', representation, 'neither @duration nor SegmentTimeline')]
}

function template(element: Tree): BrokenMpd[] {
  const list: BrokenMpd[] = []
  for (const name of ['media', 'index', 'initialization', 'bitstreamSwitching']) {
    const value = element.attributes[name]
    if (value === undefined) continue
    const isFixed = name === 'initialization' || name === 'bitstreamSwitching'
    if (isFixed && /\$(Number|Time)/.test(value)) {
      list.push(broken('SegmentTemplate.fixed', element, `@${name} holds $Number$ or $Time$`))
    }
    const parts = value.split('$')
    if (parts.length % 2 === 0)
      list.push(broken('SegmentTemplate.identifier', element, `@${name} has an odd $`))
    parts.forEach((part, i) => {
      if (i % 2 === 0 || part === '') return
      if (part.startsWith('RepresentationID%')) {
        list.push(broken('SegmentTemplate.format', element, '$RepresentationID$ with a format tag'))
      } else if (!/^(RepresentationID|(Number|Bandwidth|Time|SubNumber)(%0\d+d)?)$/.test(part)) {
        list.push(broken('SegmentTemplate.identifier', element, `@${name} holds $${part}$`))
      }
    })
  }
  return list
}

function timeline(mpd: Tree, element: Tree): BrokenMpd[] {
  const list: BrokenMpd[] = []
  const longest = seconds(mpd.attributes['maxSegmentDuration'])
  const timescale = Number(element.parent?.attributes['timescale'] ?? 1)
  const runs = runsOf(element.parent)
  runs.forEach(({ start, duration, count, line }, i) => {
    const before = runs[i - 1]
    const next = runs[i + 1]
    if (!Number.isInteger(start) || !(duration > 0))
      list.push({ rule: 'SegmentTimeline.number', line, why: 'S@t or @d' })
    if (longest !== undefined && duration / timescale > longest + 1e-6) {
      list.push({
        rule: 'SegmentTimeline.longest',
        line,
        why: `${duration / timescale} s, @maxSegmentDuration ${longest}`,
      })
    }
    if (before && before.count > 0 && start < before.start + before.duration * before.count) {
      list.push({ rule: 'SegmentTimeline.overlap', line, why: 'starts before the S in front of it ends' })
    }
    if (count < 0 && next && childrenOf(element, 'S')[i + 1]?.attributes['t'] === undefined) {
      list.push({ rule: 'SegmentTimeline.open', line, why: '@r=-1 and the next S has no @t' })
    }
  })
  return list
}

/** Segments of a static Period begin at its begin and reach its end, a segment more or less. */
function coverage(mpd: Tree): BrokenMpd[] {
  if (mpd.attributes['type'] === 'dynamic') return []
  const periods = childrenOf(mpd, 'Period')
  const list: BrokenMpd[] = []
  periods.forEach((period, i) => {
    const start = seconds(period.attributes['start'])
    const end = seconds(periods[i + 1]?.attributes['start'] ?? mpd.attributes['mediaPresentationDuration'])
    const isKnown = start !== undefined && end !== undefined
    const length = seconds(period.attributes['duration']) ?? (isKnown ? end - start : undefined)
    for (const set of childrenOf(period, 'AdaptationSet')) {
      for (const representation of childrenOf(set, 'Representation')) {
        const where = addressingOf(representation)
        const runs = runsOf(where)
        const [first, last] = [runs[0], runs.at(-1)]
        if (!first || !last || last.count < 0 || length === undefined) continue
        const timescale = Number(where?.attributes['timescale'] ?? 1)
        const zero = Number(where?.attributes['presentationTimeOffset'] ?? 0)
        const from = (first.start - zero) / timescale
        const to = (last.start + last.duration * last.count - zero) / timescale
        const slack = Math.max(...runs.map(({ duration }) => duration)) / timescale + 0.001
        if (Math.abs(from) > slack || Math.abs(to - length) > slack) {
          const got = `segments from ${from} s to ${to} s in a Period of ${length} s`
          list.push(broken('Period.coverage', representation, got))
        }
      }
    }
  })
  return list
}
