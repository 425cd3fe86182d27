/** Members of a JSON request, read once with their type; a wrong one is the client's fault. */
import { AwsFault } from './service.ts'

export type JsonRecord = Readonly<Record<string, unknown>>

/** Whether a value is a JSON object. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A member that must be a string. */
export function text(input: JsonRecord, name: string): string {
  return optionalText(input, name) ?? missing(name)
}

/** A member that may be a string. */
export function optionalText(input: JsonRecord, name: string): string | undefined {
  const value = input[name] ?? undefined
  return value === undefined || typeof value === 'string' ? value : wrong(name, 'a string')
}

/** A member that may be a whole number from `min` to `max`. */
export function optionalInteger(
  input: JsonRecord,
  name: string,
  { min = 0, max = Number.MAX_SAFE_INTEGER }: { readonly min?: number; readonly max?: number } = {},
): number | undefined {
  const value = input[name] ?? undefined
  if (value === undefined) return undefined
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value
  return wrong(name, `a whole number from ${min} to ${max}`)
}

/** A member that may be a boolean; false when absent. */
export function flag(input: JsonRecord, name: string): boolean {
  const value = input[name] ?? false
  return typeof value === 'boolean' ? value : wrong(name, 'a boolean')
}

/** A member that must be an object. */
export function record(input: JsonRecord, name: string): JsonRecord {
  return optionalRecord(input, name) ?? missing(name)
}

/** A member that may be an object. */
export function optionalRecord(input: JsonRecord, name: string): JsonRecord | undefined {
  const value = input[name] ?? undefined
  return value === undefined || isRecord(value) ? value : wrong(name, 'an object')
}

/** A member that may be a list of objects; empty when absent. */
export function records(input: JsonRecord, name: string): readonly JsonRecord[] {
  const value = input[name] ?? []
  return Array.isArray(value) && value.every(isRecord) ? value : wrong(name, 'a list of objects')
}

/** A member that may be a list of strings; empty when absent. */
export function texts(input: JsonRecord, name: string): readonly string[] {
  const value = input[name] ?? []
  return Array.isArray(value) && value.every(isText) ? value : wrong(name, 'a list of strings')
}

/** A member that may be an object whose values are all strings; empty when absent. */
export function textMap(input: JsonRecord, name: string): Readonly<Record<string, string>> {
  const map = new Map<string, string>()
  for (const [key, value] of Object.entries(optionalRecord(input, name) ?? {})) {
    map.set(key, typeof value === 'string' ? value : wrong(`${name}.${key}`, 'a string'))
  }
  return Object.fromEntries(map)
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function missing(name: string): never {
  throw new AwsFault('ValidationException', `${name} is required but was not present in the request`)
}

function wrong(name: string, expected: string): never {
  throw new AwsFault('ValidationException', `${name} must be ${expected}`)
}
