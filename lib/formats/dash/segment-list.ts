/** SegmentList with a SegmentTimeline (ISO/IEC 23009-1 5.3.9.3). */
import { HeadendError } from '../../errors.ts'
import type { XmlElement } from '../xml/print.ts'
import type { SegmentList } from './mpd.ts'
import { whole } from './number.ts'
import { segmentTimeline } from './segment-timeline.ts'

/** The element: one SegmentURL for each segment of the timeline. */
export function segmentList(list: SegmentList): XmlElement {
  if (list.media.length !== list.segments.length) {
    throw new HeadendError(
      'DASH_LIST_LENGTH',
      `SegmentList: expected a URL for each of ${list.segments.length} segments, got ${list.media.length}`,
    )
  }
  return {
    name: 'SegmentList',
    attributes: {
      timescale: whole('SegmentList@timescale', list.timescale),
      presentationTimeOffset: whole('SegmentList@presentationTimeOffset', list.presentationTimeOffset),
    },
    children: [
      ...(list.initialization === undefined
        ? []
        : [{ name: 'Initialization', attributes: { sourceURL: list.initialization } }]),
      segmentTimeline(list.segments),
      ...list.media.map((media) => ({ name: 'SegmentURL', attributes: { media } })),
    ],
  }
}
