/** ConsumedCapacity of requests that are made of several. */
import { isRecord, type JsonRecord } from '../json-input.ts'

/** The outputs' capacity summed by table, times `factor`; no member when none was asked for. */
export function summedCapacity(outputs: readonly JsonRecord[], factor = 1): JsonRecord {
  const units = new Map<string, number>()
  for (const { ConsumedCapacity: consumed } of outputs) {
    if (!isRecord(consumed)) continue
    const table = String(consumed['TableName'])
    units.set(table, (units.get(table) ?? 0) + factor * Number(consumed['CapacityUnits']))
  }
  if (units.size === 0) return {}
  return { ConsumedCapacity: [...units].map(([TableName, CapacityUnits]) => ({ TableName, CapacityUnits })) }
}
