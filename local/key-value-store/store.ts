/** One key value store: its entries within AWS's limits, and the ETag that every write changes. */
import { createHash } from 'node:crypto'
import { AwsFault } from '../service.ts'

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */
const maxStoreBytes = 5 * 1024 * 1024
const maxKeyBytes = 512
const maxValueBytes = 1024
const maxKeysAnUpdate = 50
const rememberedMs = 60_000

/** What one update changes. */
export interface Update {
  readonly puts: readonly { readonly key: string; readonly value: string }[]
  readonly deletes: readonly string[]
}

export class Store {
  readonly name: string
  readonly arn: string
  readonly createdAtMs: number
  modifiedAtMs: number
  readonly #entries = new Map<string, string>()
  /** What the last minute changed, latest first: the value a key had before. */
  #changes: readonly { readonly key: string; readonly before: string | undefined; readonly atMs: number }[] =
    []
  #bytes = 0
  #revision = 0

  constructor({
    name,
    arn,
    createdAtMs,
  }: { readonly name: string; readonly arn: string; readonly createdAtMs: number }) {
    this.name = name
    this.arn = arn
    this.createdAtMs = createdAtMs
    this.modifiedAtMs = createdAtMs
  }

  get bytes(): number {
    return this.#bytes
  }

  get count(): number {
    return this.#entries.size
  }

  get revision(): number {
    return this.#revision
  }

  get etag(): string {
    return `KV${createHash('sha256').update(`${this.arn} ${this.#revision}`).digest('hex').slice(0, 13).toUpperCase()}`
  }

  get(key: string): string | undefined {
    return this.#entries.get(key)
  }

  /** The value at a time within the last minute. */
  getAsOf(key: string, atMs: number): string | undefined {
    // The earliest change after that time says what was there until then.
    const change = this.#changes.findLast((one) => one.key === key && one.atMs > atMs)
    return change === undefined ? this.get(key) : change.before
  }

  /** In order of the keys. */
  entries(): readonly (readonly [string, string])[] {
    return [...this.#entries].toSorted(([a], [b]) => (a < b ? -1 : 1))
  }

  /** Refuses an update that was made for another state, passes a limit, or deletes what is not there. */
  check(update: Update, ifMatch: string | undefined): void {
    if (ifMatch === undefined || ifMatch === '') throw invalid('The If-Match header is missing')
    if (ifMatch !== this.etag) {
      throw new AwsFault(
        'ConflictException',
        'The ETag in If-Match is not the one of the key value store',
        409,
      )
    }
    const keys = [...update.puts.map(({ key }) => key), ...update.deletes]
    if (keys.length === 0 || keys.length > maxKeysAnUpdate) {
      throw invalid(`An update changes 1 to ${maxKeysAnUpdate} keys; this one ${keys.length}`)
    }
    if (new Set(keys).size < keys.length) throw invalid('An update names each key once')
    for (const { key, value } of update.puts) refuseLong(key, value)
    for (const key of update.deletes) {
      if (!this.#entries.has(key))
        throw new AwsFault('ResourceNotFoundException', `Key ${key} was not found`, 404)
    }
    if (this.#bytesAfter(update) > maxStoreBytes) {
      throw new AwsFault(
        'ServiceQuotaExceededException',
        `A key value store holds at most ${maxStoreBytes} bytes`,
        402,
      )
    }
  }

  /** Applies an update as it was accepted; a replay of one already applied changes nothing. */
  apply(update: Update, { revision, nowMs }: { readonly revision: number; readonly nowMs: number }): void {
    if (revision <= this.#revision) return
    const keys = [...update.puts.map(({ key }) => key), ...update.deletes]
    const changed = keys.map((key) => ({ key, before: this.#entries.get(key), atMs: nowMs }))
    this.#changes = [...changed, ...this.#changes.filter(({ atMs }) => atMs > nowMs - rememberedMs)]
    this.#bytes = this.#bytesAfter(update)
    for (const { key, value } of update.puts) this.#entries.set(key, value)
    for (const key of update.deletes) this.#entries.delete(key)
    this.#revision = revision
    this.modifiedAtMs = nowMs
  }

  #bytesAfter({ puts, deletes }: Update): number {
    let bytes = this.#bytes
    for (const { key, value } of puts)
      bytes += entryBytes(key, value) - entryBytes(key, this.#entries.get(key))
    for (const key of deletes) bytes -= entryBytes(key, this.#entries.get(key))
    return bytes
  }
}

function entryBytes(key: string, value: string | undefined): number {
  return value === undefined ? 0 : Buffer.byteLength(key) + Buffer.byteLength(value)
}

function refuseLong(key: string, value: string): void {
  if (key === '' || Buffer.byteLength(key) > maxKeyBytes) throw invalid(`A key has 1 to ${maxKeyBytes} bytes`)
  if (Buffer.byteLength(value) > maxValueBytes) throw invalid(`A value has at most ${maxValueBytes} bytes`)
}

export function invalid(message: string): AwsFault {
  return new AwsFault('ValidationException', message)
}
