/** Events between rooms: an owner defines one once, and what publishes it and what reads it follow from that. */
import { HeadendError } from '../../errors.ts'
import { sha256Hex } from '../crypto/digest.ts'

/** What checks the facts of an event; a schema of zod does. */
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
  /** Who says it: `headend.<room>`. */
  readonly source: string
  /** What happened, in the past: `AssetReady`. */
  readonly name: Name
  /** Grows when a fact goes, or means something else; one that is added leaves it as it is. */
  readonly version: number
  /** What happened, in a sentence, for `docs/events.md`. */
  readonly meaning: string
  readonly schema: EventSchema<Facts>
}

/** What every event says beside its facts. */
export interface EventHead {
  readonly version: number
  /** Names what happened: whoever was told of it before was told with this id. */
  readonly id: string
  /** When it happened, ISO 8601. */
  readonly at: string
  /** Of two events about one subject the later one's is the greater text. */
  readonly sequence: string
}

/** An event on its way to the bus. */
export interface RoomEvent {
  readonly source: string
  readonly name: string
  readonly detail: EventHead & object
}

/** An event as a subscriber has it. */
export type Received<Type extends EventType> =
  Type extends EventType<infer Name, infer Facts> ? { readonly name: Name } & EventHead & Facts : never

/** What a publisher knows of a change: told again it is the same. */
export interface Happening {
  /** Names the change among all changes, however often it is told. */
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

/** What a room says of a change; the same change gives the same event, id included. */
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
 * Reads an event as a rule hands it on. Throws EVENT_UNKNOWN for one that none of the types is, in name or in version,
 * and EVENT_SHAPE for one that does not hold what its type says: a subscriber lets it fail, so that it ends among the
 * dead letters, where somebody sees it. What a type does not name is left out.
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
  // What the type's own schema has let through.
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
