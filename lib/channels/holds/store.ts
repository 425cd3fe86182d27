/** Holds in the room's table: a row in each hour they need, so that an hour's are one query however many there are. */
import { queryRows } from '../../platform/aws/query-rows.ts'
import { signedTables } from '../../platform/aws/signed-tables.ts'
import { type Hold, type Hours, hoursHeld } from './hold.ts'

/** Reads and writes holds; `channel`: `live/<channelId>`. */
export interface HoldStore {
  /** Those that need an hour. */
  ofHour(channel: string, hour: number): Promise<readonly Hold[]>
  /** Puts one in the place of what had its id in these hours. */
  put(channel: string, hold: Hold): Promise<void>
  /** Takes one away from hours; gives the lives it was of. */
  remove(channel: string, id: string, hours: Hours): Promise<readonly string[]>
}

const pkOf = (channel: string, hour: number): string => `${channel}/holds/${hour}`
/** More than anybody keeps of one hour. */
const maxHolds = 1000
/** Some time behind its end: a row that is read is judged by its own time. */
const rowSeconds = 2 * 86_400

/** A store over the room's table. */
export function holdStore({
  table: TableName,
  region,
}: {
  readonly table: string
  /** @default the function's region */
  readonly region?: string
}): HoldStore {
  const tables = signedTables(region === undefined ? {} : { region })
  const ofHour = async (channel: string, hour: number): Promise<readonly Hold[]> => {
    const rows = await queryRows(
      tables,
      {
        TableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': pkOf(channel, hour) },
        ConsistentRead: true,
      },
      maxHolds,
    )
    return rows.map(({ sk, version, fromMs, toMs, untilMs }) => ({
      id: String(sk),
      version: String(version),
      fromMs: Number(fromMs),
      toMs: Number(toMs),
      untilMs: Number(untilMs),
    }))
  }
  return {
    ofHour,
    async put(channel, hold) {
      const { id: sk, ...facts } = hold
      const expiresAt = Math.ceil(hold.untilMs / 1000) + rowSeconds
      const { from, to } = hoursHeld(hold)
      for (let hour = from; hour <= to; hour++)
        await tables.put({ TableName, Item: { pk: pkOf(channel, hour), sk, ...facts, expiresAt } })
    },
    async remove(channel, id, { from, to }) {
      const versions = new Set<string>()
      for (let hour = from; hour <= to; hour++) {
        const found = (await ofHour(channel, hour)).find((one) => one.id === id)
        if (!found) continue
        versions.add(found.version)
        await tables.delete({ TableName, Key: { pk: pkOf(channel, hour), sk: id } })
      }
      return [...versions]
    },
  }
}
