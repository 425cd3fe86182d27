/** The judge's reading of xs:duration and xs:dateTime, and of SegmentTimeline. */
import { childOf, childrenOf, type Tree } from '../xml-tree.ts'

/** Seconds of an xs:duration; NaN for anything else, undefined where there is none. */
export function seconds(duration: string | undefined): number | undefined {
  if (duration === undefined) return undefined
  const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(duration)
  if (!match || duration.length < 3) return Number.NaN
  const [days = 0, hours = 0, minutes = 0, rest = 0] = match.slice(1).map((part) => Number(part ?? 0))
  return ((days * 24 + hours) * 60 + minutes) * 60 + rest
}

/** A run of segments of one length. */
export interface Run {
  readonly start: number
  readonly duration: number
  /** Negative where it repeats to the next S or the Period's end. */
  readonly count: number
  readonly line: number
}

/** Runs of a timeline as it stands. */
export function runsOf(addressing: Tree | undefined): Run[] {
  let next = 0
  return childrenOf(childOf(addressing, 'SegmentTimeline'), 'S').map(({ attributes, line }) => {
    const start = Number(attributes['t'] ?? next)
    const duration = Number(attributes['d'])
    const repeat = Number(attributes['r'] ?? 0)
    next = start + duration * (Math.max(repeat, 0) + 1)
    return { start, duration, count: repeat < 0 ? -1 : repeat + 1, line }
  })
}

/** What holds for a Representation: the nearest SegmentTemplate, SegmentList or SegmentBase and what it inherits. */
export function addressingOf(representation: Tree): Tree | undefined {
  let found: Tree | undefined
  for (let level: Tree | undefined = representation; level; level = level.parent) {
    const here = level.children.find(({ name }) => ADDRESSING.has(name))
    if (!found) found = here
    else if (here?.name === found.name) {
      const isTimed = childOf(found, 'SegmentTimeline') !== undefined
      const inherited = here.children.filter(({ name }) => !isTimed && name === 'SegmentTimeline')
      found = {
        ...found,
        attributes: { ...here.attributes, ...found.attributes },
        children: [...found.children, ...inherited],
      }
    }
  }
  return found
}

/** The elements that say where segments are. */
export const ADDRESSING = new Set(['SegmentBase', 'SegmentList', 'SegmentTemplate'])
