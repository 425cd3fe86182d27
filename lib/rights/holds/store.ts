/**
 * Holds in the rights table: times of a channel whose keys stay open for longer than its window, for who may see what is
 * held. A row in each hour it touches, so that those of a key period are one query however many there are.
 */
import { queryRows } from '../../platform/aws/query-rows.ts'
import type { Tables } from '../../platform/aws/signed-tables.ts'
import type { ContentId } from '../../timeline/ids.ts'
import { keyHourMs } from '../../timeline/key-hours.ts'

/** Times in milliseconds since 1970. */
export interface KeyHold {
  /** Of who wants it, within its content. */
  readonly id: string
  readonly fromMs: number
  readonly toMs: number
  readonly untilMs: number
}

/** Reads and writes holds. */
export interface KeyHoldStore {
  /** Whether something of a time is held at `nowMs`; `toMs` undefined: without end. */
  isHeld(
    contentId: ContentId,
    time: { readonly fromMs: number; readonly toMs: number | undefined },
    nowMs: number,
  ): Promise<boolean>
  /** Puts one in the place of what had its id in these hours. */
  put(contentId: ContentId, hold: KeyHold): Promise<void>
  remove(contentId: ContentId, hold: Pick<KeyHold, 'id' | 'fromMs' | 'toMs'>): Promise<void>
}

/** A period of a month has some hundred hours of films; more are looked at in order, and then it is closed. */
const maxRows = 5000

const pkOf = (contentId: ContentId): string => `holds#${contentId}`
const hourOf = (ms: number): number => Math.floor(ms / keyHourMs)
const hourWord = (hour: number): string => String(Math.max(0, hour)).padStart(8, '0')

const keysOf = (contentId: ContentId, { id, fromMs, toMs }: Pick<KeyHold, 'id' | 'fromMs' | 'toMs'>) =>
  Array.from({ length: hourOf(toMs) - hourOf(fromMs) + 1 }, (_, i) => ({
    pk: pkOf(contentId),
    sk: `${hourWord(hourOf(fromMs) + i)}#${id}`,
  }))

/** A store over the rights table. */
export function keyHoldStore({
  table: TableName,
  tables,
}: {
  readonly table: string
  readonly tables: Pick<Tables, 'query' | 'put' | 'delete'>
}): KeyHoldStore {
  return {
    async isHeld(contentId, { fromMs, toMs = nowhere }, nowMs) {
      const rows = await queryRows(
        tables,
        {
          TableName,
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
          FilterExpression: 'untilMs > :now',
          ExpressionAttributeValues: {
            ':pk': pkOf(contentId),
            ':from': hourWord(hourOf(fromMs)),
            ':to': `${hourWord(hourOf(toMs))}~`,
            ':now': nowMs,
          },
          ConsistentRead: true,
        },
        maxRows,
      )
      return rows.some(
        (one) =>
          Number(one['untilMs']) > nowMs && Number(one['fromMs']) < toMs && Number(one['toMs']) > fromMs,
      )
    },
    async put(contentId, hold) {
      const { fromMs, toMs, untilMs } = hold
      // Read by its own time: the table deletes it some days later.
      const expiresAt = Math.ceil(untilMs / 1000)
      for (const key of keysOf(contentId, hold))
        await tables.put({ TableName, Item: { ...key, fromMs, toMs, untilMs, expiresAt } })
    },
    async remove(contentId, hold) {
      for (const Key of keysOf(contentId, hold)) await tables.delete({ TableName, Key })
    },
  }
}

/** Behind all times: eight digits of hours. */
const nowhere = 99_999_998 * keyHourMs
