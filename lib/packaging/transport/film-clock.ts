/**
 * Stretches of time in a transport stream: recordings put one behind the other, an encoder that began anew. Within one,
 * the streams of a programme have one clock, so it is found for all of them together: a stream that jumps goes to the
 * stretch others have jumped to, if its times lie there.
 */
import { ticksPerSecond } from '../../formats/mpegts/index.ts'

/** A stretch within which time goes on. */
export interface FilmPart {
  /** Earliest and latest time of decoding, in unrolled ticks of 90 kHz. */
  first: number
  last: number
  /** An earlier stretch whose clock went on all the while: only one stream had jumped. */
  sameAs?: number
}

/** Where a stream is. */
export interface StreamClock {
  part: number
  last: number | undefined
}

const farTicks = 10 * ticksPerSecond
const backTicks = ticksPerSecond / 2
/** Streams are not further apart than this in the order they are sent. */
const nearTicks = 3 * ticksPerSecond

/** Each stretch is described and remembered. */
const maxParts = 10_000

/** True if a stream's times do not go on from one to the other. */
export const isJump = (before: number, after: number): boolean =>
  after < before - backTicks || after > before + farTicks

const lies = ({ first, last }: FilmPart, ticks: number, within = farTicks): boolean =>
  ticks >= first - within && ticks <= last + within

/** The stretches of a programme. */
export class FilmClock {
  readonly parts: FilmPart[] = []

  /** Takes the time of decoding of a stream's next unit, which is known to be no mistake; gives its stretch. */
  take(stream: StreamClock, ticks: number): number {
    const { last } = stream
    if (last === undefined) stream.part = this.#partOf(Math.max(0, this.parts.length - 1), ticks)
    else if (isJump(last, ticks)) stream.part = this.#after(stream.part, { last, ticks })
    else stream.part = this.#withOthers(stream.part, ticks) ?? this.#unifyBehind(stream.part)
    const part = this.parts[stream.part]
    if (part) {
      part.first = Math.min(part.first, ticks)
      part.last = Math.max(part.last, ticks)
    }
    stream.last = ticks
    return stream.part
  }

  #after(now: number, { last, ticks }: { readonly last: number; readonly ticks: number }): number {
    const current = this.parts[now]
    // It had paused while others went on.
    if (current && ticks > last && lies(current, ticks)) return this.#withOthers(now, ticks) ?? now
    return this.#partOf(now + 1, ticks)
  }

  #partOf(from: number, ticks: number): number {
    for (let i = from; i < this.parts.length; i++) {
      const part = this.parts[i]
      if (part && lies(part, ticks)) return i
    }
    if (this.parts.length < maxParts) this.parts.push({ first: ticks, last: ticks })
    return this.parts.length - 1
  }

  /**
   * A pause that is just no jump for one stream may be one for another: what no stream of the old stretch has reached
   * belongs to a new one that has.
   */
  #withOthers(now: number, ticks: number): number | undefined {
    const current = this.parts[now]
    if (!current || ticks <= current.last + backTicks) return undefined
    const found = this.parts.findIndex((part, i) => i > now && lies(part, ticks, nearTicks))
    return found < 0 ? undefined : found
  }

  /** A stream that goes on long after another one jumped shows that the clock did not. */
  #unifyBehind(now: number): number {
    for (let i = this.parts.length - 1; i > now; i--) {
      const part = this.parts[i]
      if (part && part.last - part.first > farTicks) part.sameAs ??= now
    }
    return now
  }
}
