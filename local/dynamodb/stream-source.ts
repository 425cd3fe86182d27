/** A table's stream as event source mappings read it: one shard, positions that outlive the process. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Position, StreamSource } from '../event-sources/index.ts'
import { type ChangeLog, sequenceAt, trimHorizon } from './change-log.ts'
import { shardId } from './streams-api.ts'
import type { Table } from './types.ts'

export function streamSource(changeLog: ChangeLog, table: Table): StreamSource {
  const shard = shardId(table)

  function after(position: Position): string {
    switch (position.kind) {
      case 'trim-horizon':
        return trimHorizon
      case 'latest':
        return changeLog.latest()
      case 'at-timestamp':
        return sequenceAt(position.timestampMs)
      case 'after':
        return position.sequenceNumber
    }
  }

  return {
    arn: table.LatestStreamArn ?? '',
    service: 'dynamodb',
    shards: async () => [{ id: shard }],
    async read({ position, limit }) {
      const from = after(position)
      const found = await changeLog.read(table, { after: from, limit })
      return {
        records: found.map((record) => ({
          sequenceNumber: record.dynamodb.SequenceNumber,
          arrivedAtMs: record.dynamodb.ApproximateCreationDateTime * 1000,
          event: { ...record },
          filtered: record,
        })),
        next: { kind: 'after', sequenceNumber: found.at(-1)?.dynamodb.SequenceNumber ?? from },
        end: false,
      }
    },
    async changed({ waitMs, signal }) {
      const woken = new AbortController()
      const unsubscribe = changeLog.subscribe(table.TableName, () => woken.abort())
      await wait(waitMs, undefined, { signal: AbortSignal.any([signal, woken.signal]), ref: false }).catch(
        () => undefined,
      )
      unsubscribe()
    },
  }
}
