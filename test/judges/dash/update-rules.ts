/** Rules of two fetches of one dynamic MPD, the earlier one first (ISO/IEC 23009-1 5.4). */

import { childrenOf, type Tree } from '../xml-tree.ts'
import { type BrokenMpd, broken } from './structure-rules.ts'
import { addressingOf, runsOf, seconds } from './time.ts'

/** What changed that must not. */
export function updateRules(before: Tree, after: Tree): BrokenMpd[] {
  const list: BrokenMpd[] = []
  for (const name of ['availabilityStartTime', 'profiles', 'id']) {
    if (before.attributes[name] !== after.attributes[name]) {
      list.push(
        broken(
          'update.fixed',
          after,
          `@${name} went from ${before.attributes[name]} to ${after.attributes[name]}`,
        ),
      )
    }
  }
  const [published, republished] = [before, after].map(({ attributes }) =>
    Date.parse(attributes['publishTime'] ?? ''),
  )
  if (republished !== undefined && published !== undefined && republished < published) {
    list.push(broken('update.publishTime', after, 'went back'))
  }
  const periods = childrenOf(after, 'Period')
  const gone = childrenOf(before, 'Period').map((period) => ({ period, same: byId(periods, period) }))
  const firstShownSample = gone.findIndex(({ same }) => same !== undefined)
  gone.forEach(({ period, same }, i) => {
    // Periods leave at the front only
    if (!same && firstShownSample >= 0 && i > firstShownSample) {
      list.push(broken('update.period', after, `Period ${period.attributes['id']} is gone`))
    }
    if (same) list.push(...periodUpdate(period, same))
  })
  return list
}

function periodUpdate(before: Tree, after: Tree): BrokenMpd[] {
  const list: BrokenMpd[] = []
  if (seconds(before.attributes['start']) !== seconds(after.attributes['start'])) {
    list.push(
      broken(
        'update.period',
        after,
        `@start went from ${before.attributes['start']} to ${after.attributes['start']}`,
      ),
    )
  }
  for (const set of childrenOf(before, 'AdaptationSet')) {
    const same = byId(childrenOf(after, 'AdaptationSet'), set)
    if (!same) {
      list.push(broken('update.id', after, `AdaptationSet ${set.attributes['id']} is gone`))
      continue
    }
    for (const name of ['contentType', 'mimeType', 'lang']) {
      if (set.attributes[name] !== same.attributes[name])
        list.push(broken('update.fixed', same, `@${name} changed`))
    }
    for (const representation of childrenOf(set, 'Representation')) {
      const twin = byId(childrenOf(same, 'Representation'), representation)
      if (twin) list.push(...segmentUpdate(representation, twin))
      else list.push(broken('update.id', same, `Representation ${representation.attributes['id']} is gone`))
    }
  }
  return list
}

/** A segment keeps its time, length and number as long as it is there. */
function segmentUpdate(before: Tree, after: Tree): BrokenMpd[] {
  const [old, now] = [addressingOf(before), addressingOf(after)]
  for (const name of ['timescale', 'presentationTimeOffset', 'media', 'initialization', 'duration']) {
    if (old?.attributes[name] !== now?.attributes[name])
      return [broken('update.addressing', after, `@${name} changed`)]
  }
  const list: BrokenMpd[] = []
  const [known, current] = [segments(old), segments(now)]
  const last = [...known.keys()].at(-1) ?? 0
  const first = [...current.keys()][0] ?? 0
  for (const [start, { number, duration }] of current) {
    const same = known.get(start)
    if (same && (same.number !== number || same.duration !== duration)) {
      list.push(
        broken('update.segment', after, `segment at ${start} was number ${same.number}, is ${number}`),
      )
    }
    if (!same && start < last)
      list.push(broken('update.segment', after, `a new segment at ${start}, before the end`))
  }
  for (const start of known.keys()) {
    if (start >= first && !current.has(start)) {
      list.push(broken('update.segment', after, `segment at ${start} is gone`))
    }
  }
  return list
}

function segments(addressing: Tree | undefined): Map<number, { number: number; duration: number }> {
  const found = new Map<number, { number: number; duration: number }>()
  let number = Number(addressing?.attributes['startNumber'] ?? 1)
  // Of a template by time, no URL has a number (5.3.9.4.4).
  const media = addressing?.attributes['media'] ?? ''
  const isNumbered = addressing?.name === 'SegmentTemplate' && !media.includes('$Time$')
  for (const { start, duration, count } of runsOf(addressing)) {
    for (let i = 0; i < count; i++) {
      found.set(start + i * duration, { number: isNumbered ? number : 0, duration })
      number++
    }
  }
  return found
}

function byId(elements: readonly Tree[], { attributes }: Tree): Tree | undefined {
  return elements.find((element) => element.attributes['id'] === attributes['id'])
}
