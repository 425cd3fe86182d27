/** The segment addressing of a Representation: SegmentBase, SegmentList or SegmentTemplate, with inheritance. */
import { attributeOf, childOf, childrenOf, type XmlNode } from '../xml/tree.ts'
import { wholeOf } from './read-mpd.ts'

/** The effective addressing of a Representation (ISO/IEC 23009-1 5.3.9.1). */
export interface Addressing {
  readonly kind: 'template' | 'list' | 'base' | 'none'
  /** The elements that define it, the nearest first. */
  readonly levels: readonly XmlNode[]
  readonly timescale: number
  readonly presentationTimeOffset: number
  readonly startNumber: number
  readonly endNumber?: number
  /** In ticks; 0 if not stated. */
  readonly durationTicks: number
  readonly timeline?: readonly XmlNode[]
}

/** `levels` are Representation, AdaptationSet and Period: the nearest kind applies, attributes are inherited. */
export function addressingOf(levels: readonly XmlNode[]): Addressing {
  const nearest = levels.map(kindAt).find((kind) => kind !== undefined)
  const found = levels.flatMap((level) => (nearest ? (childOf(level, nearest.name) ?? []) : []))
  const whole = (name: string) => {
    const level = found.find((node) => attributeOf(node, name) !== undefined)
    return wholeOf(level, name)
  }
  const timeline = found.map((node) => childOf(node, 'SegmentTimeline')).find((node) => node !== undefined)
  const endNumber = whole('endNumber')
  return {
    kind: nearest?.kind ?? 'none',
    levels: found,
    timescale: Math.max(1, whole('timescale') ?? 1),
    presentationTimeOffset: whole('presentationTimeOffset') ?? 0,
    startNumber: whole('startNumber') ?? 1,
    ...(endNumber !== undefined && { endNumber }),
    durationTicks: Math.max(0, whole('duration') ?? 0),
    ...(timeline && { timeline: childrenOf(timeline, 'S') }),
  }
}

/** A text attribute as inherited. */
export function inherited({ levels }: Addressing, name: string): string | undefined {
  for (const level of levels) {
    const value = attributeOf(level, name)
    if (value !== undefined) return value
  }
  return undefined
}

/** Children of the nearest level that has any. */
export function inheritedChildren({ levels }: Addressing, name: string): XmlNode[] {
  for (const level of levels) {
    const children = childrenOf(level, name)
    if (children.length > 0) return children
  }
  return []
}

const KINDS = [
  { kind: 'template', name: 'SegmentTemplate' },
  { kind: 'list', name: 'SegmentList' },
  { kind: 'base', name: 'SegmentBase' },
] as const

function kindAt(level: XmlNode) {
  return KINDS.find(({ name }) => childOf(level, name) !== undefined)
}
