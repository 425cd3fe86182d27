/**
 * Events that come with a segment (`emsg`, timed ID3 of transport streams), as they go on with it: in version 1, on the
 * clock of the track they stand in (ISO/IEC 23000-19 7.4.5). Cues of SCTE 35 are not among them: those are told by
 * manifests.
 */
import { crc32Mpeg } from '../../formats/crc32.ts'
import { ByteReader, ByteWriter, boxes, readEmsg, writeEmsg } from '../../formats/isobmff/index.ts'
import type { PesPacket } from '../../formats/mpegts/index.ts'
import type { FeedEvent, FeedTrack } from './feed-track.ts'

/** Timed metadata of ID3 (AOMedia: Carriage of ID3 Timed Metadata in the Common Media Application Format). */
const id3Scheme = 'https://aomedia.org/emsg/ID3'

/** More are no metadata but media of another kind. */
const maxEvents = 200
const maxEventBytes = 256 * 1024
/** Identifiers of schemes are URIs, and stand in each MPD. */
const maxSchemeChars = 200

/** `emsg` boxes of a CMAF segment that begins at `startSeconds`. */
export function boxEvents(name: string, media: Uint8Array, startSeconds: number): readonly FeedEvent[] {
  const events: FeedEvent[] = []
  let left = maxEventBytes
  for (const box of boxes(new ByteReader(media, 0, name))) {
    const message = box.type === 'emsg' ? readEmsg(box) : undefined
    if (!message || message.timescale === 0 || message.scheme.startsWith('urn:scte:scte35')) continue
    const { scheme, value, timescale, from, time, duration, id, data } = message
    left -= data.length
    if (left < 0 || events.length >= maxEvents) break
    if (scheme === '' || scheme.length + value.length > maxSchemeChars) continue
    const seconds = time / timescale
    events.push({
      scheme,
      value,
      atSeconds: from === 'segment' ? startSeconds + seconds : seconds,
      ...(duration !== unknownDuration && { durationSeconds: duration / timescale }),
      id,
      data,
    })
  }
  return events
}

const unknownDuration = 0xffffffff

/** Timed ID3 of a transport stream, `addSeconds` later. */
export function id3Events(packets: readonly PesPacket[], addSeconds: number): readonly FeedEvent[] {
  let left = maxEventBytes
  return packets.slice(0, maxEvents).flatMap(({ ptsTicks, data, isDamaged }): FeedEvent[] => {
    if (ptsTicks === undefined || isDamaged || !isId3(data)) return []
    left -= data.length
    if (left < 0) return []
    // Equal ids would make two events one (ISO/IEC 23009-1 5.10.3.3.4).
    const id = (crc32Mpeg(data) + ptsTicks) % 2 ** 32
    const atSeconds = ptsTicks / 90_000 + addSeconds
    return [{ scheme: id3Scheme, value: '', atSeconds, id: Math.abs(id), data }]
  })
}

const isId3 = (data: Uint8Array): boolean => data[0] === 0x49 && data[1] === 0x44 && data[2] === 0x33

/** The boxes of a track's events, on its clock, `movedTicks` later. */
export function eventBoxes({ events = [], timescale }: FeedTrack, movedTicks: number): Uint8Array {
  const to = new ByteWriter()
  for (const { scheme, value, atSeconds, durationSeconds, id, data } of events)
    writeEmsg(to, {
      scheme,
      value,
      timescale,
      time: Math.max(0, Math.round(atSeconds * timescale) + movedTicks),
      duration:
        durationSeconds === undefined
          ? unknownDuration
          : Math.min(unknownDuration - 1, Math.round(durationSeconds * timescale)),
      id,
      data,
    })
  return to.written
}

/** Each event in the piece it begins in; those before the first or behind the last in these. */
export function withEvents<Piece extends FeedTrack>(
  pieces: readonly Piece[],
  events: readonly FeedEvent[],
): readonly Piece[] {
  if (events.length === 0) return pieces
  const pieceOf = (event: FeedEvent): number =>
    Math.max(
      0,
      pieces.findLastIndex(({ start, timescale }) => start <= Math.round(event.atSeconds * timescale)),
    )
  return pieces.map((piece, i) => {
    const own = events.filter((event) => pieceOf(event) === i)
    return own.length > 0 ? { ...piece, events: own } : piece
  })
}
