/** Pages of sealed hours as a window needs them. They never change, so a warm function decodes each once. */
import type { TimelineReader } from '../../delivery/index.ts'
import { HeadendError } from '../../errors.ts'
import { Cache, type Loaded } from '../../platform/cache.ts'
import { hourOf, hourPage, type LiveHead } from '../../timeline/live/head.ts'
import { parseHour, type SealedHour } from '../../timeline/live/hour.ts'
import { timelinePrefix } from '../../timeline/stored.ts'
import type { Segment } from '../../timeline/timeline.ts'
import type { LiveReads } from '../live/store.ts'
import type { LiveWindow } from './window.ts'

type Segments = ReadonlyMap<string, readonly Segment[]>

/** A sealed hour, and its segments by track id. */
export interface PageOfHour {
  readonly row: SealedHour
  readonly segments: Segments
}

interface ToRead {
  readonly head: LiveHead
  readonly window: LiveWindow
  readonly reader: TimelineReader
  /** The last hour that is sealed, if any is. */
  readonly sealed: SealedHour | undefined
  readonly nowSeconds: number
}

/** Segments kept, at some hundred bytes each: two days of two channels of two tracks of 2 s. */
const maxKeptSegments = 400_000

/** Reads the sealed hours a window shows, as far as their media are kept: the window may have been shorter then. */
export function hourPages(live: LiveReads): (asked: ToRead) => Promise<readonly PageOfHour[]> {
  const kept = new Cache<Segments>({ maxWeight: maxKeptSegments })
  return async ({ head, window, reader, sealed, nowSeconds }) => {
    if (!sealed) return []
    // A segment belongs to the hour it begins in.
    const first = hourOf(window.from - head.targetSeconds)
    if (first > sealed.hour) return []
    const rows = await live.hours(head, first, Math.min(sealed.hour, hourOf(window.to)))
    return Promise.all(
      rows
        .filter(({ keptUntil }) => keptUntil > nowSeconds)
        .map(async (row) => {
          const name = timelinePrefix(head.id, head.version) + hourPage(row.hour, row.revision)
          return { row, segments: await kept.get(name, () => readPage(name, reader)) }
        }),
    )
  }
}

async function readPage(name: string, reader: TimelineReader): Promise<Loaded<Segments>> {
  const text = await reader.object(name)
  if (text === undefined)
    throw new HeadendError('TIMELINE_PART', `${name}: named by its row but not there`, { status: 500 })
  const value = parseHour(name, text)
  return { value, weight: [...value.values()].reduce((sum, { length }) => sum + length, 0) }
}
