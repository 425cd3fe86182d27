/** Half an hour of a feed on two pipelines, and all that goes wrong with it, the same for a seed. */
import { transportClockSeconds } from '../../../lib/packaging/feed/transport-stream.ts'
import type { Written } from '../feeds.ts'
import { madeFragments, madeSeconds, madeStream } from './made-feed.ts'

/** Numbers in [0, 1) that follow from a seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Segments of the feed, and where what happens to it. */
export const count = 900
export const restartAt = 600
const turnsAt = 300
/** One time is three hours off: of a whole segment, on one pipeline and on both, and of a single picture. */
export const off = { alone: 450, both: 520, picture: 150, seconds: 3 * 3600 } as const
/** The encoder is away for so long. */
const pauseSeconds = 6
/** Its clock is slow by so much. */
const drift = 200e-6
const beginMs = Date.UTC(2026, 11, 1, 10, 20)

/** How deliveries are shuffled within 30 s. */
export type Shuffle =
  /** The queue stands still for 30 s, again and again, and then gives all at once. */
  | 'bursts'
  /** Each object is told of at once, and again up to 30 s later. */
  | 'echoes'

/** An object that is told of. */
export interface Delivery {
  readonly atMs: number
  readonly writtenMs: number
  readonly written: Written
}

/** The feed. */
export interface Plan {
  readonly beginMs: number
  readonly deliveries: readonly Delivery[]
  /** Which segments neither pipeline has. */
  readonly lost: readonly number[]
}

/** What is planned. */
export interface PlanOptions {
  readonly seed: number
  readonly form: 'ts' | 'cmaf'
  readonly shuffle: Shuffle
}

/** Makes it. */
export function planOf({ seed, form, shuffle }: PlanOptions): Plan {
  const random = randomOf(seed)
  const missing = missingOf(random)
  const deliveries: Delivery[] = []
  for (let i = 0; i < count; i++) {
    const good = objectsOf(form, i)
    const isOff = (pipeline: string): boolean => i === off.both || (i === off.alone && pipeline === 'a')
    for (const pipeline of ['a', 'b'] as const) {
      if (missing[pipeline].has(i)) continue
      const isHurt = form === 'ts' && i === off.picture && pipeline === 'a'
      const objects = isOff(pipeline) || isHurt ? objectsOf(form, i, isHurt ? 'picture' : 'segment') : good
      const upload = (pipeline === 'a' ? 300 : 500) + 400 * random()
      const writtenMs = Math.round(wallMs(i) + upload)
      for (const { path, bytes } of objects)
        for (let copy = 0; copy < 3; copy++)
          deliveries.push({
            atMs: writtenMs + delayMs({ i, writtenMs, copy, shuffle }, random),
            writtenMs,
            written: { path: `${pipeline}/${path}`, bytes },
          })
    }
  }
  const lost = [...missing.a, off.both].filter((i) => missing.b.has(i) || i === off.both)
  return { beginMs, deliveries, lost: lost.toSorted((x, y) => x - y) }
}

/** When a segment ends. */
const wallMs = (i: number): number =>
  beginMs + ((i + 1) * madeSeconds + (i >= restartAt ? pauseSeconds : 0)) * 1000 * (1 + drift)

/** Two of a hundred on each, and some on both. */
function missingOf(random: () => number): Readonly<Record<'a' | 'b', ReadonlySet<number>>> {
  const taken = new Set<number>()
  const some = (): number => {
    for (;;) {
      const i = 10 + Math.floor(random() * (count - 20))
      const isNear = [restartAt, off.alone, off.both, off.picture].some((at) => Math.abs(at - i) < 8)
      if (taken.has(i) || isNear) continue
      taken.add(i)
      return i
    }
  }
  const many = (length: number): readonly number[] => Array.from({ length }, some)
  const both = many(4)
  // Two that follow one another are one hole.
  const [first = 0] = both
  taken.add(first + 1)
  return { a: new Set([...both, first + 1, ...many(13)]), b: new Set([...both, first + 1, ...many(13)]) }
}

function objectsOf(form: PlanOptions['form'], i: number, hurt?: 'picture' | 'segment'): readonly Written[] {
  const isAnew = i >= restartAt
  const name = `${isAnew ? i - restartAt : i}`
  // Transport streams pass the end of their clock on the way; CMAF counts from 0.
  const first = form === 'ts' ? transportClockSeconds - turnsAt * madeSeconds - 0.7 : 0
  const seconds = isAnew ? 1.4 + (i - restartAt) * madeSeconds : first + i * madeSeconds
  const fromSeconds = seconds + (hurt === 'segment' ? off.seconds : 0)
  if (form === 'cmaf') return madeFragments(fromSeconds, name)
  const picture = { picture: 5, seconds: off.seconds }
  const bytes = madeStream({ fromSeconds, ...(hurt === 'picture' && { off: picture }) })
  return [{ path: `index${name}.ts`, bytes }]
}

interface Told {
  readonly i: number
  readonly writtenMs: number
  readonly copy: number
  readonly shuffle: Shuffle
}

/** Behind its writing. The first segments come in order: with them a channel begins. */
function delayMs({ i, writtenMs, copy, shuffle }: Told, random: () => number): number {
  const late = random() * 30_000
  if (i < 10) return copy === 0 ? 100 : late
  if (shuffle === 'echoes') return copy === 0 ? random() * 1500 : late
  const since = writtenMs - beginMs
  return Math.ceil(since / 30_000) * 30_000 - since + random() * 1000
}
