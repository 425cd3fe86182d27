/** Values in DynamoDB's JSON encoding: `{ "S": "text" }`. */

/** One encoded value; exactly one member is set. */
export interface AttributeValue {
  readonly S?: string
  readonly N?: string
  readonly B?: string
  readonly BOOL?: boolean
  readonly NULL?: boolean
  readonly L?: readonly AttributeValue[]
  readonly M?: AttributeMap
}

/** An item, a key, or the values of an expression. */
export type AttributeMap = Readonly<Record<string, AttributeValue>>

/** Encodes plain values and omits those that are undefined. Throws TypeError for types that are not stored here. */
export function attributesOf(values: Readonly<Record<string, unknown>>): AttributeMap {
  const there = Object.entries(values).filter(([, value]) => value !== undefined)
  return Object.fromEntries(there.map(([name, value]) => [name, attributeOf(value)]))
}

function attributeOf(value: unknown): AttributeValue {
  if (value === null) return { NULL: true }
  if (typeof value === 'string') return { S: value }
  if (typeof value === 'boolean') return { BOOL: value }
  if (typeof value === 'number' && Number.isFinite(value)) return { N: String(value) }
  if (value instanceof Uint8Array) return { B: Buffer.from(value).toString('base64') }
  if (Array.isArray(value)) return { L: value.filter((one) => one !== undefined).map(attributeOf) }
  if (isRecord(value)) return { M: attributesOf(value) }
  throw new TypeError(`expected a value that DynamoDB stores, got ${typeof value}`)
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' &&
  value !== null &&
  [Object.prototype, null].includes(Object.getPrototypeOf(value))

/**
 * Decodes an answer to plain values. Throws TypeError for sets and for numbers past 2^53, of which nothing here stores
 * any.
 */
export function valuesOf(attributes: AttributeMap): Record<string, unknown> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, valueOf(value)]))
}

function valueOf({ S, N, B, BOOL, NULL, L, M }: AttributeValue): unknown {
  if (S !== undefined) return S
  if (N !== undefined) return numberOf(N)
  if (B !== undefined) return Uint8Array.from(Buffer.from(B, 'base64'))
  if (BOOL !== undefined) return BOOL
  if (L) return L.map(valueOf)
  if (M) return valuesOf(M)
  if (NULL) return null
  throw new TypeError('expected a value of a type that is stored here, got a set')
}

function numberOf(text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && !Number.isSafeInteger(number))
    throw new TypeError(`expected a number up to 2^53, got ${text}`)
  return number
}
