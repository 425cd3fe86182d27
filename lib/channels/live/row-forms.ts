/** The keys of a live timeline's rows, and what is read of them. */
import { decodeLiveColumns, type LiveColumns } from '../../timeline/live/columns.ts'
import type { SealedHour } from '../../timeline/live/hour.ts'
import { type MinuteRow, parseRuns } from './minute-row.ts'

/** One life of a channel. */
export interface LiveRef {
  /** `live/<channelId>`. */
  readonly id: string
  readonly version: string
}

/** The partition of an hour's minutes and cues. */
export const partOf = ({ id, version }: LiveRef, hour: number): string => `${id}/${version}/${hour}`
/** The partition of sealed hours. */
export const hoursOf = ({ id, version }: LiveRef): string => `${id}/${version}`
/** Sorts as hours do. */
export const hourWord = (hour: number): string => `h${String(hour).padStart(8, '0')}`
/** A minute within its hour. */
export const wordOf = (minute: number): string => String(minute % 60).padStart(2, '0')

/** The segments of a track in a minute. */
export function minuteRow(item: Readonly<Record<string, unknown>>, hour: number): MinuteRow {
  const [minute = '', trackId = ''] = String(item['sk']).split('/')
  const columns = JSON.parse(String(item['columns'])) as LiveColumns
  return {
    minute: hour * 60 + Number(minute),
    trackId,
    revision: Number(item['revision']),
    segments: decodeLiveColumns(columns, String(item['bytes']).split(',').map(Number)),
    runs: parseRuns(String(item['runs'])),
  }
}

/** A sealed hour. */
export const hourRow = (item: Readonly<Record<string, unknown>>): SealedHour => ({
  hour: Number(String(item['sk']).slice(1)),
  revision: Number(item['revision']),
  keptUntil: Number(item['keptUntil']),
  tracks: JSON.parse(String(item['tracks'])) as SealedHour['tracks'],
})
