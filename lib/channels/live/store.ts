/**
 * Rows of live timelines in the room's table: the head of a channel's life; the segments of a track in a minute; sealed
 * hours. All reads are consistent, so that no reader sees less than the one before it.
 */
import { conditionHeld, replacesRevision } from '../../platform/aws/conditional-write.ts'
import { queryRows } from '../../platform/aws/query-rows.ts'
import { signedTables } from '../../platform/aws/signed-tables.ts'
import { encodeLiveColumns } from '../../timeline/live/columns.ts'
import { hourOf, type LiveHead } from '../../timeline/live/head.ts'
import type { SealedHour } from '../../timeline/live/hour.ts'
import { keptUntil } from '../../timeline/live/keeping.ts'
import { type Cue, cueTimescale } from '../cues/cue.ts'
import type { EncoderClock } from './encoder-run.ts'
import { type MinuteRow, printRuns } from './minute-row.ts'
import { hourRow, hoursOf, hourWord, type LiveRef, minuteRow, partOf, wordOf } from './row-forms.ts'

export type { LiveRef } from './row-forms.ts'

/** The head's row. */
export interface HeadRow extends EncoderClock {
  readonly head: LiveHead
  readonly revision: number
  /** The track of each stream that an encoder sends, by what its objects have in common. */
  readonly streams: Readonly<Record<string, string>>
  /** Where its objects lie is kept by their numbers, for WebVTT segments and playlists that come by HTTP. */
  readonly keepsNumbers?: true
}

/** Where an object of the leading track lies. */
export interface Numbered {
  readonly timescale: number
  readonly start: number
  readonly duration: number
  /** Its beginning on its encoder's clock, as MPEG-2 time. */
  readonly mpegSeconds: number
  readonly writtenMs: number
}

/** The last object of a feed that was not taken, or not whole. */
export interface Refusal {
  /** Below `live/<channelId>/`. */
  readonly path: string
  readonly code?: string
  readonly why: string
  readonly atMs: number
}

/** The reads of a live timeline. */
export interface LiveReads {
  head(id: string): Promise<HeadRow | undefined>
  /** Keys of the init segments that its encoders sent, by path. */
  inits(id: string): Promise<ReadonlyMap<string, string>>
  /** What playlists say of text, by what it is said of. */
  said(id: string): Promise<ReadonlyMap<string, string>>
  /** What was refused last, if that was within a week. */
  refusal(id: string): Promise<Refusal | undefined>
  /** The object of the leading track that has a number, if it came within the hour. */
  numbered(id: string, key: string): Promise<Numbered | undefined>
  /** All tracks' rows of the minutes `from` to `to`, both included. */
  minutes(ref: LiveRef, from: number, to: number): Promise<readonly MinuteRow[]>
  /** Cues of the hours `from` to `to`, both included, in order of time. */
  cues(ref: LiveRef, from: number, to: number): Promise<readonly Cue[]>
  /** Sealed hours `from` to `to`, in order. */
  hours(ref: LiveRef, from: number, to: number): Promise<readonly SealedHour[]>
  /** The last one before an hour. */
  hourBefore(ref: LiveRef, hour: number): Promise<SealedHour | undefined>
}

/** The life that is written to, and the window behind which its rows go. */
export type KeptRef = LiveRef & Pick<LiveHead, 'windowSeconds'>

/** The writes; each is false where another writer was first. */
export interface LiveWrites {
  putInit(id: string, path: string, key: string): Promise<void>
  putSaid(id: string, name: string, value: string): Promise<void>
  putNumbered(id: string, key: string, numbered: Numbered): Promise<void>
  putRefusal(id: string, refusal: Refusal): Promise<void>
  putHead(row: HeadRow): Promise<boolean>
  putMinute(ref: KeptRef, row: MinuteRow): Promise<boolean>
  /** False if it is known: one of that id at that time. */
  putCue(ref: KeptRef, id: string, cue: Cue): Promise<boolean>
  putHour(ref: LiveRef, hour: SealedHour): Promise<boolean>
}

/** Both, over a table. */
export function liveStore({
  table: TableName,
  region,
}: {
  readonly table: string
  /** @default the function's region */
  readonly region?: string
}): LiveReads & LiveWrites {
  const tables = signedTables(region === undefined ? {} : { region })
  const range = (pk: string, from: string, to: string) => ({
    TableName,
    KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
    ExpressionAttributeValues: { ':pk': pk, ':from': from, ':to': to },
    ConsistentRead: true,
  })
  const put = (key: { readonly pk: string; readonly sk: string }, revision: number, item: object) =>
    conditionHeld(
      tables.put({
        TableName,
        Item: { ...key, revision, ...item },
        ...replacesRevision(revision),
      }),
    )
  return {
    async head(id) {
      const item = await tables.get({ TableName, Key: { pk: id, sk: 'head' }, ConsistentRead: true })
      return (
        item && {
          ...(JSON.parse(String(item['head'])) as Omit<HeadRow, 'revision'>),
          revision: Number(item['revision']),
        }
      )
    },
    async inits(id) {
      const rows = await queryRows(tables, range(id, 'init/', 'init/~'), maxInits)
      return new Map(rows.map(({ sk, key }) => [String(sk).slice('init/'.length), String(key)]))
    },
    async putInit(id, path, key) {
      await tables.put({ TableName, Item: { pk: id, sk: `init/${path}`, key } })
    },
    async said(id) {
      const rows = await queryRows(tables, range(id, 'said/', 'said/~'), maxInits)
      return new Map(rows.map(({ sk, value }) => [String(sk).slice('said/'.length), String(value)]))
    },
    async putSaid(id, name, value) {
      await tables.put({ TableName, Item: { pk: id, sk: `said/${name}`, value } })
    },
    async refusal(id) {
      const item = await tables.get({ TableName, Key: { pk: id, sk: 'refused' }, ConsistentRead: true })
      return item && (JSON.parse(String(item['refusal'])) as Refusal)
    },
    async putRefusal(id, refusal) {
      const expiresAt = Math.ceil(refusal.atMs / 1000) + refusalSeconds
      const Item = { pk: id, sk: 'refused', refusal: JSON.stringify(refusal), expiresAt }
      await tables.put({ TableName, Item })
    },
    async numbered(id, key) {
      const Key = { pk: id, sk: `number/${key}` }
      const item = await tables.get({ TableName, Key, ConsistentRead: true })
      return item && (JSON.parse(String(item['place'])) as Numbered)
    },
    async putNumbered(id, key, numbered) {
      const expiresAt = Math.ceil(numbered.writtenMs / 1000) + 3600
      const Item = { pk: id, sk: `number/${key}`, place: JSON.stringify(numbered), expiresAt }
      await tables.put({ TableName, Item })
    },
    async minutes(ref, from, to) {
      const rows: MinuteRow[] = []
      for (let hour = Math.floor(from / 60); hour <= Math.floor(to / 60); hour++) {
        const [first, last] = [Math.max(from, hour * 60), Math.min(to, hour * 60 + 59)]
        const query = range(partOf(ref, hour), wordOf(first), `${wordOf(last)}~`)
        for (const item of await queryRows(tables, query, maxMinuteRows)) rows.push(minuteRow(item, hour))
      }
      return rows
    },
    async cues(ref, from, to) {
      const cues: Cue[] = []
      for (let hour = from; hour <= to; hour++)
        for (const { at, saidAt, section, events } of await queryRows(
          tables,
          range(partOf(ref, hour), 'cue/', 'cue/~'),
          maxCues,
        ))
          cues.push({
            at: Number(at),
            saidAt: Number(saidAt),
            section: String(section),
            events: JSON.parse(String(events)) as Cue['events'],
          })
      return cues
    },
    putCue(ref, id, { at, saidAt, section, events }) {
      const sk = `cue/${String(at).padStart(16, '0')}/${id}`
      const key = { pk: partOf(ref, hourOf(at / cueTimescale)), sk }
      const expiresAt = rowExpiry(at / cueTimescale, ref)
      return put(key, 1, { at, saidAt, section, events: JSON.stringify(events), expiresAt })
    },
    async hours(ref, from, to) {
      const rows = await queryRows(tables, range(hoursOf(ref), hourWord(from), hourWord(to)), maxHours)
      return rows.map(hourRow)
    },
    async hourBefore(ref, hour) {
      const query = { ...range(hoursOf(ref), hourWord(0), hourWord(hour - 1)), ScanIndexForward: false }
      const [row] = await queryRows(tables, query, 1)
      return row && hourRow(row)
    },
    putHead: ({ revision, ...row }) =>
      put({ pk: row.head.id, sk: 'head' }, revision, { head: JSON.stringify(row) }),
    putMinute(ref, { minute, trackId, revision, segments, runs }) {
      const key = { pk: partOf(ref, Math.floor(minute / 60)), sk: `${wordOf(minute)}/${trackId}` }
      return put(key, revision, {
        columns: JSON.stringify(encodeLiveColumns(segments)),
        bytes: segments.map(({ bytes }) => bytes).join(),
        runs: printRuns(runs),
        expiresAt: rowExpiry(minute * 60, ref),
      })
    },
    putHour: (ref, { hour, revision, keptUntil: until, tracks }) =>
      put({ pk: hoursOf(ref), sk: hourWord(hour) }, revision, {
        tracks: JSON.stringify(tracks),
        keptUntil: until,
        expiresAt: until + hourExpirySeconds,
      }),
  }
}

/** A day behind the media it tells of. */
const rowExpiry = (seconds: number, { windowSeconds }: KeptRef): number =>
  Math.ceil(keptUntil(seconds, windowSeconds)) + 86_400
/** A year: the next hour's counts go on from the last one, however long a channel paused. */
const hourExpirySeconds = 366 * 86_400

/** A week. */
const refusalSeconds = 7 * 86_400

/** Sixty minutes of a hundred tracks. */
const maxMinuteRows = 6000
/** One a second. */
const maxCues = 3600
/** More than any encoder has streams. */
const maxInits = 1000
/** Fourteen days. */
const maxHours = 14 * 24 + 2
