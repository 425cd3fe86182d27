/** Tables as a template describes them (AWS::DynamoDB::GlobalTable, AWS::DynamoDB::Table), made or brought up to date. */
import { LocalError } from '../errors.ts'
import { isRecord, type JsonRecord, optionalRecord, records, text } from '../json-input.ts'
import type { tableCalls } from './tables.ts'
import type { Table } from './types.ts'

type Operations = ReturnType<typeof tableCalls>['operations']

/**
 * Makes the table, or changes the one that is there to what the template says now. Its keys cannot change: AWS
 * would replace the table and lose the items, which nobody wants to happen by a restart.
 */
export async function applyTable(
  operations: Operations,
  {
    name,
    properties,
    existing,
  }: { readonly name: string; readonly properties: JsonRecord; readonly existing?: Table },
): Promise<void> {
  const stream = optionalRecord(properties, 'StreamSpecification')
  const streamView = stream?.['StreamViewType']
  const StreamSpecification = stream && { StreamEnabled: true, StreamViewType: streamView }
  const AttributeDefinitions = records(properties, 'AttributeDefinitions')
  const GlobalSecondaryIndexes = records(properties, 'GlobalSecondaryIndexes').map(indexOf)
  const LocalSecondaryIndexes = records(properties, 'LocalSecondaryIndexes').map(indexOf)

  if (existing === undefined) {
    await operations.CreateTable({
      TableName: name,
      AttributeDefinitions,
      KeySchema: properties['KeySchema'],
      BillingMode: 'PAY_PER_REQUEST',
      ...(GlobalSecondaryIndexes.length > 0 && { GlobalSecondaryIndexes }),
      ...(LocalSecondaryIndexes.length > 0 && { LocalSecondaryIndexes }),
      ...(StreamSpecification && { StreamSpecification }),
    })
  } else {
    refuseOtherKeys(existing, properties)
    const wanted = new Map(GlobalSecondaryIndexes.map((index) => [text(index, 'IndexName'), index]))
    const kept = new Set<string>()
    const updates: JsonRecord[] = []
    for (const { IndexName, KeySchema, Projection } of existing.GlobalSecondaryIndexes ?? []) {
      if (isSame({ KeySchema, Projection }, wanted.get(IndexName))) kept.add(IndexName)
      else updates.push({ Delete: { IndexName } })
    }
    for (const [IndexName, Create] of wanted) if (!kept.has(IndexName)) updates.push({ Create })
    const otherStream = existing.StreamSpecification?.StreamViewType !== streamView
    if (otherStream && existing.StreamSpecification !== undefined) {
      await operations.UpdateTable({ TableName: name, StreamSpecification: { StreamEnabled: false } })
    }
    await operations.UpdateTable({
      TableName: name,
      AttributeDefinitions,
      GlobalSecondaryIndexUpdates: updates,
      ...(otherStream && StreamSpecification && { StreamSpecification }),
    })
  }
  await applyTimeToLive(operations, { name, properties, current: existing?.Settings.expiresAt })
}

async function applyTimeToLive(
  operations: Operations,
  {
    name,
    properties,
    current,
  }: { readonly name: string; readonly properties: JsonRecord; readonly current?: string },
): Promise<void> {
  const specification = optionalRecord(properties, 'TimeToLiveSpecification')
  const wanted = specification?.['Enabled'] === true ? text(specification, 'AttributeName') : undefined
  if (wanted === current) return
  const set = (AttributeName: string, Enabled: boolean) =>
    operations.UpdateTimeToLive({ TableName: name, TimeToLiveSpecification: { AttributeName, Enabled } })
  if (current !== undefined) await set(current, false)
  if (wanted !== undefined) await set(wanted, true)
}

function indexOf(properties: JsonRecord): JsonRecord {
  const { IndexName, KeySchema, Projection } = properties
  return { IndexName, KeySchema, Projection }
}

function refuseOtherKeys(existing: Table, properties: JsonRecord): void {
  const [was, is] = [existing.KeySchema, properties['KeySchema']].map((keys) => JSON.stringify(keys))
  if (was === is) return
  throw new LocalError(
    'TABLE_KEYS',
    `table ${existing.TableName}: keys ${was} are stored, the template says ${is}; start with another data directory`,
  )
}

function isSame(existing: JsonRecord, wanted: JsonRecord | undefined): boolean {
  if (!isRecord(wanted)) return false
  return ['KeySchema', 'Projection'].every(
    (name) => JSON.stringify(existing[name]) === JSON.stringify(wanted[name]),
  )
}
