/** Members of JSON that people may have edited: each is what it must be, or SCTE35_JSON names it. */
import { HeadendError } from '../../errors.ts'
import { optional } from '../optional.ts'
import { hexText } from '../uuid.ts'

/** A value of JSON. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject

/** An object of JSON. */
export type JsonObject = { readonly [name: string]: Json }

/** A member, left out if it is as usual. */
export const unlessUsual = (usual: Json, name: string, value: Json): JsonObject =>
  value === usual ? {} : { [name]: value }

/** Bytes in hex, left out if there are none. */
export const hexMember = (name: string, bytes: Uint8Array | undefined): JsonObject =>
  bytes === undefined || bytes.length === 0 ? {} : { [name]: hexText(bytes) }

/** The members of one object. */
export class JsonFields {
  readonly #members: Readonly<Record<string, unknown>>
  readonly #path: string

  constructor(value: unknown, path: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new HeadendError('SCTE35_JSON', `${path}: expected an object, got ${shown(value)}`)
    this.#members = { ...value }
    this.#path = path
  }

  has(name: string): boolean {
    return this.#members[name] !== undefined && this.#members[name] !== null
  }

  number(name: string, usual?: number): number {
    const value = this.#of(name, usual)
    return typeof value === 'number' ? value : this.#refuse(name, 'a number', value)
  }

  flag(name: string, usual?: boolean): boolean {
    const value = this.#of(name, usual)
    return typeof value === 'boolean' ? value : this.#refuse(name, 'true or false', value)
  }

  text(name: string): string {
    const value = this.#of(name)
    return typeof value === 'string' ? value : this.#refuse(name, 'a text', value)
  }

  /** Absent and null are the same. */
  optionalNumber<Name extends string>(name: string, as: Name): { readonly [P in Name]?: number } {
    return optional(as, this.has(name) ? this.number(name) : undefined)
  }

  hex(name: string, usual?: string): Uint8Array {
    const value = this.#of(name, usual)
    if (typeof value !== 'string' || value.length % 2 === 1 || !/^[\da-f]*$/i.test(value))
      return this.#refuse(name, 'pairs of hex digits', value)
    return Uint8Array.from({ length: value.length / 2 }, (_, i) =>
      Number.parseInt(value.slice(2 * i, 2 * i + 2), 16),
    )
  }

  optionalHex<Name extends string>(name: string, as: Name): { readonly [P in Name]?: Uint8Array } {
    return optional(as, this.has(name) ? this.hex(name) : undefined)
  }

  object(name: string): JsonFields {
    return new JsonFields(this.#members[name], this.#at(name))
  }

  /** The objects of a list. */
  objects(name: string): readonly JsonFields[] {
    const value = this.#of(name)
    if (!Array.isArray(value)) return this.#refuse(name, 'a list', value)
    return value.map((one, i) => new JsonFields(one, `${this.#at(name)}[${i}]`))
  }

  /** Throws; the member was read, but can not be what it is. */
  refuse(name: string, expected: string): never {
    return this.#refuse(name, expected, this.#members[name])
  }

  #of(name: string, usual?: unknown): unknown {
    return this.has(name) ? this.#members[name] : usual
  }

  #at(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`
  }

  #refuse(name: string, expected: string, value: unknown): never {
    throw new HeadendError('SCTE35_JSON', `${this.#at(name)}: expected ${expected}, got ${shown(value)}`)
  }
}

const shown = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 60)
