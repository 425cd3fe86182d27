/** Events between rooms: the owner defines each once, and publishing and reading are derived from that. */
import { HeadendError } from '../../errors.ts'
import { sha256Hex } from '../crypto/digest.ts'

/** Validates the facts of an event; a zod schema does. */
export interface EventSchema<Facts> {
  safeParse(value: unknown):
    | { readonly success: true; readonly data: Facts }
    | {
        readonly success: false
        readonly error: {
          readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]
        }
      }
}

/** An event as its owner defines it. */
export interface EventType<Name extends string = string, Facts extends object = object> {
  /** The publisher: `headend.<room>`. */
  readonly source: string
  /** The name, in the past tense: `AssetReady`. */
  readonly name: Name
  /** Incremented when a fact is removed or changes its meaning, not when one is added. */
  readonly version: number
  /** A sentence on what happened, for `docs/events.md`. */
  readonly meaning: string
  readonly schema: EventSchema<Facts>
}

/** The members of every event beside its facts. */
export interface EventHead {
  readonly version: number
  /** Identifies the change: a repeated event has the same id. */
  readonly id: string
  /** The time of the change, ISO 8601. */
  readonly at: string
  /** Orders the events of one subject: the later one has the greater text. */
  readonly sequence: string
}

/** An event on its way to the bus. */
export interface RoomEvent {
  readonly source: string
  readonly name: string
  readonly detail: EventHead & object
}

/** An event as a subscriber receives it. */
export type Received<Type extends EventType> =
  Type extends EventType<infer Name, infer Facts> ? { readonly name: Name } & EventHead & Facts : never

/** A change as its publisher knows it; the same when published again. */
export interface Happening {
  /** Identifies the change among all changes, however often it is published. */
  readonly change: string
  readonly at: string
  readonly sequence: string
}

/** The facts of a type. */
export type FactsOf<Type extends EventType> = Type extends EventType<string, infer Facts> ? Facts : never

/** Defines an event; its version is 1 until a fact goes or means something else. */
export const defineEvent = <const Name extends string, Facts extends object>(
  type: EventType<Name, Facts>,
): EventType<Name, Facts> => type

/** The event for a change; the same change gives the same event, id included. */
export const eventOf = <Facts extends object>(
  { source, name, version }: EventType<string, Facts>,
  { change, at, sequence }: Happening,
  facts: Facts,
): RoomEvent => ({
  source,
  name,
  detail: {
    version,
    id: sha256Hex(JSON.stringify([source, name, change])).slice(0, 32),
    at,
    sequence,
    ...facts,
  },
})

/**
 * Parses an event as a rule delivers it. Throws EVENT_UNKNOWN if no type matches its name and version, and EVENT_SHAPE
 * if it does not match its type's schema: a subscriber lets it fail, so that it reaches the dead letters, where
 * somebody sees it. Members that the type does not declare are dropped.
 */
export function readEvent<Type extends EventType>(types: readonly Type[], body: string): Received<Type> {
  const event = jsonOf(body)
  const [source, name] = [textOf(event, 'source'), textOf(event, 'detail-type')]
  const detail = memberOf(event, 'detail')
  const version = memberOf(detail, 'version')
  const type = types.find((one) => one.source === source && one.name === name && one.version === version)
  if (!type) {
    const known = types.map((one) => `${one.source} ${one.name} ${one.version}`).join(', ')
    throw new HeadendError(
      'EVENT_UNKNOWN',
      `event: expected ${known}, got ${source} ${name} ${String(version)}`,
      { status: 500 },
    )
  }
  const head = { version: type.version, ...headOf(name, detail) }
  const facts = type.schema.safeParse(detail)
  if (!facts.success) {
    const [issue] = facts.error.issues
    throw broken(name, `${issue?.path.join('.') || 'detail'}: ${issue?.message ?? 'is not as defined'}`)
  }
  // Validated by the type's own schema.
  return { ...facts.data, ...head, name: type.name } as Received<Type>
}

function headOf(name: string, detail: unknown): Omit<EventHead, 'version'> {
  const [id, at, sequence] = ['id', 'at', 'sequence'].map((member) => textOf(detail, member))
  if (id && at && sequence && !Number.isNaN(Date.parse(at))) return { id, at, sequence }
  throw broken(name, 'expected id, at and sequence')
}

const broken = (name: string, what: string): HeadendError =>
  new HeadendError('EVENT_SHAPE', `${name}: ${what}`, { status: 500 })

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined

function textOf(value: unknown, name: string): string {
  const found = memberOf(value, name)
  return typeof found === 'string' ? found : ''
}
