/** dynalite's validations and actions, one operation at a time, as promises and with AWS's errors as `AwsFault`. */
import deleteItem from 'dynalite/actions/deleteItem.js'
import getItem from 'dynalite/actions/getItem.js'
import putItem from 'dynalite/actions/putItem.js'
import query from 'dynalite/actions/query.js'
import scan from 'dynalite/actions/scan.js'
import updateItem from 'dynalite/actions/updateItem.js'
import type { Store } from 'dynalite/db/index.js'
import batchGetItemRules from 'dynalite/validations/batchGetItem.js'
import batchWriteItemRules from 'dynalite/validations/batchWriteItem.js'
import createTableRules from 'dynalite/validations/createTable.js'
import deleteItemRules from 'dynalite/validations/deleteItem.js'
import getItemRules from 'dynalite/validations/getItem.js'
import validations from 'dynalite/validations/index.js'
import putItemRules from 'dynalite/validations/putItem.js'
import queryRules from 'dynalite/validations/query.js'
import scanRules from 'dynalite/validations/scan.js'
import updateItemRules from 'dynalite/validations/updateItem.js'
import { isRecord, type JsonRecord } from '../json-input.ts'
import { AwsFault } from '../service.ts'

const actions = {
  DeleteItem: deleteItem,
  GetItem: getItem,
  PutItem: putItem,
  Query: query,
  Scan: scan,
  UpdateItem: updateItem,
}

const rules = {
  BatchGetItem: batchGetItemRules,
  BatchWriteItem: batchWriteItemRules,
  CreateTable: createTableRules,
  DeleteItem: deleteItemRules,
  GetItem: getItemRules,
  PutItem: putItemRules,
  Query: queryRules,
  Scan: scanRules,
  UpdateItem: updateItemRules,
}

/** The operations dynalite does; the other ones are ours. */
export type Action = keyof typeof actions

/** A request with its expressions parsed; a copy, for dynalite strikes out what it does not know. */
export function validated(
  store: Store,
  operation: keyof typeof rules,
  input: JsonRecord,
): Record<string, unknown> {
  const { types, custom } = rules[operation]
  try {
    const checked = validations.checkTypes(structuredClone(input), types)
    validations.checkValidations(checked, types, custom, store)
    return checked
  } catch (error) {
    // Only a null inside the request makes the validations themselves stumble.
    if (error instanceof TypeError)
      throw invalid('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes')
    throw asFault(error)
  }
}

/** Runs the action on a validated request. */
export function act(
  store: Store,
  operation: Action,
  input: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    actions[operation](store, input, (error, output) =>
      error ? reject(asFault(error)) : resolve(output ?? {}),
    )
  })
}

/** dynalite's errors carry the body AWS would send. */
export function asFault(error: unknown): unknown {
  if (error instanceof AwsFault || !(error instanceof Error) || !('body' in error) || !isRecord(error.body)) {
    return error
  }
  const { __type: type, message, Message } = error.body
  const text = message ?? Message
  const code = String(type).split('#').at(-1) ?? ''
  return new AwsFault(code, typeof text === 'string' ? text : error.message)
}

/** AWS's ValidationException. */
export function invalid(message: string): AwsFault {
  return new AwsFault('ValidationException', message)
}
