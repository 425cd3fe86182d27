/** segmentation_type_id (SCTE 35 10.3.3.1, Table 23): what begins or ends at a segment's marker. */

/** What a type means for who plays the channel. */
export type SegmentKind =
  | 'out'
  | 'in'
  | 'programme-start'
  | 'programme-end'
  | 'chapter-start'
  | 'chapter-end'
  | 'other'

/** A type of segment. */
export interface SegmentationType {
  /** As the standard calls it. */
  readonly name: string
  readonly kind: SegmentKind
  /** Which end of a segment it marks; absent for a moment alone. */
  readonly boundary?: 'start' | 'end'
}

/** The type of an id; an id nobody defined is of the kind `other`. */
export function segmentationType(id: number): SegmentationType {
  const moment = MOMENTS[id]
  if (moment) return { name: moment[0], kind: moment[1] }
  // The ids of pairs: an even one for the start, the odd one behind it for the end.
  const pair = PAIRS[id - (id % 2)]
  if (!pair) return { name: `Type 0x${id.toString(16).padStart(2, '0').toUpperCase()}`, kind: 'other' }
  const isStart = id % 2 === 0
  return {
    name: `${pair[0]} ${isStart ? 'Start' : 'End'}`,
    kind: isStart ? pair[1] : pair[2],
    boundary: isStart ? 'start' : 'end',
  }
}

/** Whether segments of a type may have sub-segments: ads, placement opportunities, and blocks of ads. */
export const hasSubSegments = (id: number): boolean => SUB_SEGMENTED.has(id)

const SUB_SEGMENTED: ReadonlySet<number> = new Set([0x30, 0x32, 0x34, 0x36, 0x38, 0x3a, 0x44, 0x46])

const MOMENTS: Readonly<Record<number, readonly [name: string, kind: SegmentKind]>> = {
  0x00: ['Not Indicated', 'other'],
  0x01: ['Content Identification', 'other'],
  0x02: ['Call Ad Server', 'other'],
  0x12: ['Program Early Termination', 'programme-end'],
  0x13: ['Program Breakaway', 'other'],
  0x14: ['Program Resumption', 'other'],
  0x15: ['Program Runover Planned', 'other'],
  0x16: ['Program Runover Unplanned', 'other'],
  0x17: ['Program Overlap Start', 'programme-start'],
  0x18: ['Program Blackout Override', 'other'],
  0x19: ['Program Join', 'other'],
  0x1a: ['Program Immediate Resumption', 'other'],
}

/** An overlay or a promotion is part of the network's own feed: it begins no break. */
const PAIRS: Readonly<Record<number, readonly [name: string, start: SegmentKind, end: SegmentKind]>> = {
  0x10: ['Program', 'programme-start', 'programme-end'],
  0x20: ['Chapter', 'chapter-start', 'chapter-end'],
  0x22: ['Break', 'out', 'in'],
  0x24: ['Opening Credit', 'other', 'other'],
  0x26: ['Closing Credit', 'other', 'other'],
  0x30: ['Provider Advertisement', 'out', 'in'],
  0x32: ['Distributor Advertisement', 'out', 'in'],
  0x34: ['Provider Placement Opportunity', 'out', 'in'],
  0x36: ['Distributor Placement Opportunity', 'out', 'in'],
  0x38: ['Provider Overlay Placement Opportunity', 'other', 'other'],
  0x3a: ['Distributor Overlay Placement Opportunity', 'other', 'other'],
  0x3c: ['Provider Promo', 'other', 'other'],
  0x3e: ['Distributor Promo', 'other', 'other'],
  0x40: ['Unscheduled Event', 'other', 'other'],
  0x42: ['Alternate Content Opportunity', 'out', 'in'],
  0x44: ['Provider Ad Block', 'out', 'in'],
  0x46: ['Distributor Ad Block', 'out', 'in'],
  0x50: ['Network', 'other', 'other'],
}
