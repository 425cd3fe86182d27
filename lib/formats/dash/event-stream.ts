/** EventStream and Event (ISO/IEC 23009-1 5.10.2). */
import { escapeText, type XmlElement } from '../xml/print.ts'
import type { DashEvent, EventStream } from './mpd.ts'
import { whole } from './number.ts'

/** The element for each stream, with its events. */
export function eventStreams(list: readonly EventStream[] | undefined): XmlElement[] {
  return (list ?? []).map((stream) => ({
    name: 'EventStream',
    attributes: {
      schemeIdUri: stream.schemeIdUri,
      value: stream.value,
      timescale: whole('EventStream@timescale', stream.timescale),
      presentationTimeOffset: stream.presentationTimeOffset,
    },
    children: stream.events.map(event),
  }))
}

/** A child element is printed unchanged; text goes between the tags, which replaced @messageData (5.10.2.3). */
function event({ id, presentationTime, duration, messageData, xml }: DashEvent): XmlElement {
  const content = xml ?? (messageData === undefined ? undefined : escapeText(messageData))
  return {
    name: 'Event',
    attributes: {
      presentationTime: whole('Event@presentationTime', presentationTime),
      duration: duration === undefined ? undefined : whole('Event@duration', duration),
      id: whole('Event@id', id),
    },
    children: content === undefined ? [] : [content],
  }
}
