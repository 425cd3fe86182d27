/** Sizes as DynamoDB counts them: UTF-8 bytes of names and values, 1 byte and more for what wraps them. */
import type { AttributeValue, Item } from './types.ts'

/** The largest item AWS stores. */
export const maxItemBytes = 400 * 1024

export function itemBytes(item: Item): number {
  let bytes = 0
  for (const [name, value] of Object.entries(item)) bytes += Buffer.byteLength(name) + valueBytes(value)
  return bytes
}

function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S)
  if (value.N !== undefined) return numberBytes(value.N)
  if (value.B !== undefined) return Buffer.byteLength(value.B, 'base64')
  if (value.SS !== undefined) return sum(value.SS, (entry) => Buffer.byteLength(entry))
  if (value.NS !== undefined) return sum(value.NS, numberBytes)
  if (value.BS !== undefined) return sum(value.BS, (entry) => Buffer.byteLength(entry, 'base64'))
  if (value.L !== undefined) return 3 + sum(value.L, (entry) => 1 + valueBytes(entry))
  if (value.M !== undefined) return 3 + Object.keys(value.M).length + itemBytes(value.M)
  return 1
}

/** About one byte for two significant digits, and one more. */
function numberBytes(value: string): number {
  const [mantissa = ''] = value.toLowerCase().split('e')
  const significant = mantissa.replace(/[-+.]/g, '').replace(/^0+|0+$/g, '')
  return 1 + Math.ceil(significant.length / 2) + (value.startsWith('-') ? 1 : 0)
}

function sum<Value>(values: readonly Value[], size: (value: Value) => number): number {
  return values.reduce((total, value) => total + size(value), 0)
}
