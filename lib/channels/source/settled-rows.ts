/**
 * Rows of minutes since the last sealed hour. What is published does not change, so rows behind which all tracks are
 * published are read once: what a manifest reads does not grow as the hour does.
 */
import { type LiveHead, minuteOf } from '../../timeline/live/head.ts'
import type { MinuteRow } from '../live/minute-row.ts'
import type { LiveReads } from '../live/store.ts'

/** Minutes as a tail needs them. */
export interface Minutes {
  readonly from: number
  readonly to: number
}

/** Rows that are kept between manifests. */
export interface SettledRows {
  /** All rows of these minutes. */
  read(head: LiveHead, minutes: Minutes): Promise<readonly MinuteRow[]>
  /** Keeps those of rows just read whose minutes are published, and a while ago. */
  keep(
    head: LiveHead,
    from: number,
    told: { readonly rows: readonly MinuteRow[]; readonly throughSeconds: number },
  ): void
}

interface Kept {
  /** Of which life, with which tracks: what another track makes of the rows is another thing. */
  readonly of: string
  readonly from: number
  readonly through: number
  readonly rows: readonly MinuteRow[]
}

/** Channels whose rows are kept: some hundred kilobytes each, towards the end of an hour. */
const maxChannels = 100
/** Segments that end in a minute begin in the one before it, and audio is not cut where video is. */
const marginMinutes = 2

/** Keeps rows as long as the function lives. */
export function settledRows(live: Pick<LiveReads, 'minutes'>): SettledRows {
  const channels = new Map<string, Kept>()
  return {
    async read(head, { from, to }) {
      const kept = channels.get(head.id)
      if (!kept || kept.of !== lifeOf(head) || kept.from !== from) return live.minutes(head, from, to)
      return [...kept.rows, ...(await live.minutes(head, kept.through + 1, to))]
    },
    keep(head, from, { rows, throughSeconds }) {
      // Set anew it is the last to go.
      channels.delete(head.id)
      const through = Number.isFinite(throughSeconds) ? minuteOf(throughSeconds) - marginMinutes : from - 1
      if (through < from) return
      channels.set(head.id, {
        of: lifeOf(head),
        from,
        through,
        rows: rows.filter(({ minute }) => minute <= through),
      })
      const [oldest] = channels.keys()
      if (channels.size > maxChannels && oldest !== undefined) channels.delete(oldest)
    },
  }
}

const lifeOf = ({ version, tracks }: LiveHead): string => [version, ...tracks.map(({ id }) => id)].join()
