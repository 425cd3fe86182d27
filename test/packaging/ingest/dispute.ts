/** Whether a film on a shelf plays as two programs that are not ours show it, where those agree. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input } from 'mediabunny'
import { boxes } from '../../../lib/formats/isobmff/box.ts'
import { ByteReader } from '../../../lib/formats/isobmff/byte-reader.ts'
import { fragmentSamples } from '../../../lib/formats/isobmff/fragment-samples.ts'
import { readMoof } from '../../../lib/formats/isobmff/moof.ts'
import { readMoov } from '../../../lib/formats/isobmff/moov.ts'
import { readTrak } from '../../../lib/formats/isobmff/trak.ts'
import type { Track } from '../../../lib/timeline/timeline.ts'
import { probeStreams } from '../../judges/media/streams.ts'
import { md5Of } from '../films/md5.ts'
import type { Shelf } from '../films/shelf.ts'
import { placesOf } from '../mutants/mutants.ts'
import { fieldsOf, hasFields } from '../reading/box-fields.ts'

/** One sample as it is shown. */
interface Shown {
  readonly seconds: number
  readonly end: number
  readonly md5: string
}

/** A stream of pictures or sound, in decoding order. */
interface Stream {
  readonly type: string
  readonly packets: readonly Shown[]
}

/** Clocks are rounded to milliseconds and microseconds on the way. */
const roundingSeconds = 0.0015

/** What is shown otherwise than both others show it; undefined where nothing is. */
export async function disputeOf(shelf: Shelf, film: Uint8Array): Promise<string | undefined> {
  const compared = await compare(shelf, film)
  if (!compared || isAlike(compared)) return undefined
  const { ours, left, wrong, missing } = compared
  // A process for each film would be too dear: FFmpeg is asked where the other one says that something is wrong.
  const probed = fromZero(await ffprobeStreams(film), ours, film)
  const agreed = left.filter((one) => probed.some((other) => !differs(other, one, 0)))
  const gone = missing.find((type) => agreed.some((one) => one.type === type))
  if (gone) return `${gone} is gone, of ${ours.length} streams`
  const said = wrong.find(({ type }) => {
    const rivals = left.filter((one) => one.type === type)
    return rivals.length > 0 && rivals.every((one) => agreed.includes(one))
  })
  const rival = left.find(({ type }) => type === said?.type)
  return said && rival && `${said.id}: ${differs(said, rival, said.tick)}`
}

/** Whether mediabunny shows a film as we do; there are some that it reads otherwise. */
export async function isShownAlike(shelf: Shelf, film: Uint8Array): Promise<boolean> {
  const compared = await compare(shelf, film)
  return compared !== undefined && isAlike(compared)
}

/** Our streams beside those of mediabunny. */
interface Compared {
  readonly ours: readonly OurStream[]
  /** Ours that are like none of theirs. */
  readonly wrong: readonly OurStream[]
  /** Theirs that are like none of ours. */
  readonly left: readonly Stream[]
  /** Kinds of which they have some, and we have none. */
  readonly missing: readonly string[]
}

interface OurStream extends Stream {
  readonly id: string
  readonly tick: number
}

const isAlike = ({ wrong, missing }: Compared): boolean => wrong.length === 0 && missing.length === 0

/** Undefined where mediabunny can't be asked, or can't say. */
async function compare(shelf: Shelf, film: Uint8Array): Promise<Compared | undefined> {
  if (claimsMany(film)) return undefined
  const asStored = await bunnyStreams(film).catch(() => undefined)
  if (!asStored) return undefined
  const ours: OurStream[] = []
  const isMended = ({ type }: Track): boolean =>
    shelf.films.warnings.some((one) => one.type === type && one.code === 'MP4_TIMES_MENDED')
  for (const track of shelf.played)
    if (track.type !== 'text')
      ours.push({
        ...(await delivered(shelf, track)),
        id: track.id,
        tick: isMended(track) ? mendedSeconds : 1 / track.timescale,
      })
  const theirs = fromZero(asStored, ours, film)
  const taken = new Set<Stream>()
  const wrong = ours.filter((one) => {
    const same = theirs.find((other) => !taken.has(other) && !differs(one, other, one.tick))
    if (same) taken.add(same)
    return !same
  })
  const left = theirs.filter((one) => !taken.has(one) && one.packets.length > 0)
  const unknown = shelf.films.skipped.filter(({ code }) => code === 'MP4_CODEC_UNSUPPORTED')
  const missing = ['video', 'audio'].filter(
    (type) =>
      left.some((one) => one.type === type) &&
      !ours.some((one) => one.type === type) &&
      !unknown.some((one) => one.type === type),
  )
  return { ours, wrong, left, missing }
}

/** A recording in fragments keeps the clock of what made it, and we take that off; neither of them does. */
function fromZero(theirs: readonly Stream[], ours: readonly Stream[], film: Uint8Array): readonly Stream[] {
  const clockSeconds = firstOf(theirs) - firstOf(ours)
  const isFragmented = placesOf(film).some(({ type }) => type === 'moof')
  if (!isFragmented || !(clockSeconds > clockFromSeconds)) return theirs
  return theirs.map((stream) => ({
    ...stream,
    packets: stream.packets.map((packet) => ({
      ...packet,
      seconds: packet.seconds - clockSeconds,
      end: packet.end - clockSeconds,
    })),
  }))
}

const firstOf = (streams: readonly Stream[]): number =>
  streams.flatMap(({ packets }) => packets).reduce((first, { seconds }) => Math.min(first, seconds), Infinity)

/** Less is a delay that a film wants. */
const clockFromSeconds = 1

/** How `one`, of which some may be left out in front and behind, is not `other`. */
function differs(one: Stream, other: Stream, tick: number): string | undefined {
  if (one.type !== other.type) return 'another type'
  const [first] = one.packets
  const at = other.packets.findIndex(
    (packet) => packet.md5 === first?.md5 && isSeenAlike(first, packet, tick),
  )
  if (at < 0) {
    const same = other.packets.find(({ md5 }) => md5 === first?.md5)
    return `begins at ${first?.seconds}, expected ${same ? same.seconds : 'other bytes'}`
  }
  for (const [i, packet] of one.packets.entries()) {
    const wanted = other.packets[at + i]
    if (!wanted) return `${one.packets.length} samples, expected ${other.packets.length}`
    if (packet.md5 !== wanted.md5) return `other bytes in sample ${i}`
    if (!isSeenAlike(packet, wanted, tick))
      return `sample ${i} at ${packet.seconds}, expected ${wanted.seconds}`
  }
  return undefined
}

/** Of what an edit list hides only the bytes count: it lasts a tick, or is over when the film has hardly started. */
function isSeenAlike(one: Shown, other: Shown, tick: number): boolean {
  const lasts = one.end - one.seconds
  const hardly = Math.max(hardlySeconds, lasts / 4)
  const isHidden = (lasts > 0 && lasts < 1.5 * tick) || (other.seconds <= 0 && one.seconds < hardly)
  return isHidden || near(one.seconds, other.seconds, tick)
}

/** Of times that can not be meant only the order counts: the asset says that they were mended. */
const mendedSeconds = 1

/** A quarter of a picture; longer ones may begin that much later. */
const hardlySeconds = 0.01

const near = (one: number, other: number, tick: number): boolean =>
  Math.abs(one - other) <= tick + roundingSeconds

/** Samples one table may claim before mediabunny, which believes it, is not asked. */
const mostClaimed = 2 ** 16
/** Where counts of samples stand: from where on, and how far apart. */
const counts: Readonly<Record<string, readonly [from: number, step: number]>> = {
  stts: [16, 8],
  ctts: [16, 8],
  stsc: [20, 12],
  stsz: [16, Number.POSITIVE_INFINITY],
  trun: [12, Number.POSITIVE_INFINITY],
}

function claimsMany(film: Uint8Array): boolean {
  const view = Buffer.from(film.buffer, film.byteOffset, film.length)
  return placesOf(film).some((place) => {
    const { type, at, size } = place
    const [from, step] = counts[type] ?? [size, 1]
    for (let next = from; next + 4 <= size; next += step)
      if (view.readUInt32BE(at + next) > mostClaimed) return true
    const { table } = hasFields(type) ? fieldsOf(view, place) : {}
    // Both go on reading behind a table that has fewer entries than it counts.
    return (
      table?.count !== undefined && view.readUInt32BE(table.count.at) * table.stride > at + size - table.from
    )
  })
}

async function bunnyStreams(film: Uint8Array): Promise<Stream[]> {
  using input = new Input({ source: new BufferSource(film), formats: ALL_FORMATS })
  const streams: Stream[] = []
  for (const track of await input.getTracks()) {
    if (!(track.isVideoTrack() || track.isAudioTrack()) || track.codec === null) continue
    const packets: Shown[] = []
    for await (const { timestamp, duration, data } of new EncodedPacketSink(track).packets())
      packets.push({ seconds: timestamp, end: timestamp + duration, md5: md5Of(data) })
    streams.push({ type: track.type, packets })
  }
  return streams
}

async function ffprobeStreams(film: Uint8Array): Promise<Stream[]> {
  const folder = mkdtempSync(join(tmpdir(), 'headend-dispute-'))
  try {
    const path = join(folder, 'film.mp4')
    writeFileSync(path, film)
    const streams = await probeStreams(path)
    return streams.map(({ type, packets }) => ({
      type,
      packets: packets.map(({ seconds, md5 }) => ({ seconds, end: seconds, md5 })),
    }))
  } catch {
    return []
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** What is delivered, with the edit list of its init segment. */
async function delivered(shelf: Shelf, track: Track): Promise<Stream> {
  const whole = await shelf.track(track)
  const all = [...boxes(new ByteReader(whole))]
  const moov = all.find(({ type }) => type === 'moov')
  const movie = moov && readMoov(moov)
  const [trak] = movie?.traks ?? []
  const mediaStart = (trak && readTrak(trak).edits[0]?.mediaTime) ?? 0
  return {
    type: track.type,
    packets: all
      .filter(({ type }) => type === 'moof')
      .flatMap((box) => fragmentSamples(readMoof(box), movie?.fragmentDefaults ?? []))
      .map(({ presentationTime, duration, offset, size }) => ({
        seconds: (presentationTime - mediaStart) / track.timescale,
        end: (presentationTime - mediaStart + duration) / track.timescale,
        md5: md5Of(whole.subarray(offset, offset + size)),
      })),
  }
}
