/** Rows of an hour that manifests of what is held need: its counts, and its cues. They go by a time of their own. */
import { conditionHeld } from '../../platform/aws/conditional-write.ts'
import { queryRows } from '../../platform/aws/query-rows.ts'
import { type StoredItem, signedTables } from '../../platform/aws/signed-tables.ts'
import { hoursOf, hourWord, partOf } from '../live/row-forms.ts'
import type { HoldPorts } from './keep-held.ts'

/** One a second, and the hour itself. */
const maxRows = 3601
/** Some time behind what they tell of. */
const behindSeconds = 2 * 86_400

/** Keeps rows for longer; none for less. */
export function rowKeeper(TableName: string): HoldPorts['keepRows'] {
  const tables = signedTables()
  const rows = (pk: string, from: string, to: string): Promise<readonly StoredItem[]> =>
    queryRows(
      tables,
      {
        TableName,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: { ':pk': pk, ':from': from, ':to': to },
        ConsistentRead: true,
      },
      maxRows,
    )
  return async (hour, untilSeconds) => {
    const expiresAt = Math.ceil(untilSeconds) + behindSeconds
    const sealed = await rows(hoursOf(hour), hourWord(hour.hour), hourWord(hour.hour))
    const cues = await rows(partOf(hour, hour.hour), 'cue/', 'cue/~')
    for (const item of [...sealed, ...cues])
      if (Number(item['expiresAt']) < expiresAt)
        await conditionHeld(
          tables.put({
            TableName,
            Item: { ...item, expiresAt },
            // None that has gone meanwhile, and none that somebody kept for longer.
            ConditionExpression: 'expiresAt < :expiresAt',
            ExpressionAttributeValues: { ':expiresAt': expiresAt },
          }),
        )
  }
}
