/** Which IAM actions on which ARNs a DynamoDB request needs. */
import { isRecord, type JsonRecord, optionalText, records } from '../json-input.ts'
import { tableArn } from './tables.ts'

export interface Permission {
  readonly action: string
  readonly resource: string
}

const transactionActions: Readonly<Record<string, string>> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
  Get: 'GetItem',
}

/** Every permission the operation needs; a transaction needs those of its parts. */
export function permissionsOf(operation: string, input: JsonRecord): readonly Permission[] {
  const action = `dynamodb:${operation}`
  if (operation === 'ListTables') return [{ action, resource: '*' }]
  if (operation.startsWith('Batch')) {
    const requested = isRecord(input['RequestItems']) ? Object.keys(input['RequestItems']) : []
    return requested.map((table) => ({ action, resource: tableArn(table) }))
  }
  if (operation.startsWith('Transact')) {
    return records(input, 'TransactItems').flatMap((entry) =>
      Object.entries(entry).map(([kind, request]) => ({
        action: `dynamodb:${transactionActions[kind] ?? kind}`,
        resource: tableArn(isRecord(request) ? String(request['TableName']) : ''),
      })),
    )
  }
  const arn = optionalText(input, 'ResourceArn')
  if (arn !== undefined) return [{ action, resource: arn }]
  const table = tableArn(optionalText(input, 'TableName') ?? '')
  const index = operation === 'Query' || operation === 'Scan' ? optionalText(input, 'IndexName') : undefined
  return [{ action, resource: index === undefined ? table : `${table}/index/${index}` }]
}

/** A stream request's: on the stream itself, or on all streams of the table it lists. */
export function streamPermissions(
  operation: string,
  input: JsonRecord,
  streamArn?: string,
): readonly Permission[] {
  const table = tableArn(optionalText(input, 'TableName') ?? '*')
  return [{ action: `dynamodb:${operation}`, resource: streamArn ?? `${table}/stream/*` }]
}
