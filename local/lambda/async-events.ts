/** Accepted asynchronous events on disk: one file each, there before the 202 and gone after the last attempt. */
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

export interface AsyncEvent {
  readonly id: string
  readonly functionName: string
  /** JSON text. */
  readonly payload: string
  readonly acceptedAtMs: number
  /** Attempts that have failed. */
  readonly attempts: number
}

export interface AsyncEvents {
  /** On disk when it resolves. */
  put(event: AsyncEvent): Promise<void>
  remove(id: string): Promise<void>
  /** What a crash left, oldest first. */
  all(): Promise<readonly AsyncEvent[]>
}

export async function openAsyncEvents(dir: string): Promise<AsyncEvents> {
  await mkdir(dir, { recursive: true })
  return {
    async put(event) {
      const path = join(dir, `${event.id}.json`)
      const file = await open(`${path}.new`, 'w')
      try {
        await file.writeFile(JSON.stringify(event))
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(`${path}.new`, path)
      await syncDir(dir)
    },
    remove: (id) => rm(join(dir, `${id}.json`), { force: true }),
    async all() {
      const names = (await readdir(dir)).filter((name) => name.endsWith('.json'))
      const events = await Promise.all(
        names.map(async (name) => parse(await readFile(join(dir, name), 'utf8'))),
      )
      return events.filter((event) => event !== undefined).toSorted((a, b) => a.acceptedAtMs - b.acceptedAtMs)
    },
  }
}

/** A rename is durable when its directory is. */
async function syncDir(dir: string): Promise<void> {
  const handle = await open(dir, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function parse(text: string): AsyncEvent | undefined {
  const value: unknown = JSON.parse(text)
  return isAsyncEvent(value) ? value : undefined
}

function isAsyncEvent(value: unknown): value is AsyncEvent {
  if (typeof value !== 'object' || value === null) return false
  const event: Partial<Record<keyof AsyncEvent, unknown>> = value
  return (
    typeof event.id === 'string' &&
    typeof event.functionName === 'string' &&
    typeof event.payload === 'string' &&
    typeof event.acceptedAtMs === 'number' &&
    typeof event.attempts === 'number'
  )
}
