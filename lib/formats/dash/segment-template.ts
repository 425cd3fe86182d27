/** SegmentTemplate with a SegmentTimeline (ISO/IEC 23009-1 5.3.9.4). */
import type { XmlElement } from '../xml/print.ts'
import type { SegmentTemplate } from './mpd.ts'
import { whole } from './number.ts'
import { sameSegments, segmentTimeline } from './segment-timeline.ts'

/** The element. */
export function segmentTemplate(template: SegmentTemplate): XmlElement {
  return {
    name: 'SegmentTemplate',
    attributes: {
      timescale: whole('SegmentTemplate@timescale', template.timescale),
      presentationTimeOffset: whole(
        'SegmentTemplate@presentationTimeOffset',
        template.presentationTimeOffset,
      ),
      ...(template.startNumber !== undefined && {
        startNumber: whole('SegmentTemplate@startNumber', template.startNumber),
      }),
      initialization: template.initialization,
      media: template.media,
    },
    children: [segmentTimeline(template.segments)],
  }
}

/** True if two templates are equal, so that one can replace both. */
export function sameTemplate(a: SegmentTemplate, b: SegmentTemplate): boolean {
  return (
    a.timescale === b.timescale &&
    a.presentationTimeOffset === b.presentationTimeOffset &&
    a.startNumber === b.startNumber &&
    a.media === b.media &&
    a.initialization === b.initialization &&
    sameSegments(a.segments, b.segments)
  )
}
