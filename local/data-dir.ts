/** The data directory of a local cloud: one run at a time, and what others read from it. */
import { randomUUID } from 'node:crypto'
import { link, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HeadendError } from '../lib/errors.ts'
import { instancePath } from './gateway/index.ts'
import { isRecord } from './json-input.ts'

export interface DataDir {
  readonly path: string
  /** Names this run; the endpoint answers with it under `instancePath`. */
  readonly instance: string
  release(): Promise<void>
}

/**
 * Takes the directory. Who holds it is found out by asking the holder's endpoint, not by a process id, which
 * after `kill -9` and a restart of the machine or container may well be that of something else. So before it
 * writes the lock this run begins to answer, by `answer`.
 */
export async function takeDataDir(
  path: string,
  awsEndpoint: string,
  answer: (instance: string) => void,
): Promise<DataDir> {
  await mkdir(path, { recursive: true, mode: 0o700 })
  const instance = randomUUID()
  answer(instance)
  const lock = join(path, 'lock')
  const mine = JSON.stringify({ instance, awsEndpoint })
  // Linked into place, so that nobody ever reads half a lock and takes it for nobody's.
  const written = `${lock}.${instance}`
  await writeFile(written, mine, { flag: 'wx', mode: 0o600 })
  try {
    for (let attempt = 0; ; attempt++) {
      const holder = await readFile(lock, 'utf8').catch(() => undefined)
      if (holder !== undefined) {
        await refuseIfAlive(path, holder)
        await takeAway(lock, { holder, aside: `${written}.old` })
      }
      try {
        await link(written, lock)
        break
      } catch (cause) {
        // Two starts at once: the one that was slower asks the other.
        if (attempt >= 3) throw new HeadendError('LOCAL_DATA_LOCK', `${lock}: cannot be written`, { cause })
      }
    }
  } finally {
    await rm(written, { force: true })
  }
  return { path, instance, release: () => rm(lock, { force: true }) }
}

/** Takes the lock of a dead holder away; one that somebody else put there meanwhile goes back. */
async function takeAway(
  lock: string,
  { holder, aside }: { readonly holder: string; readonly aside: string },
): Promise<void> {
  try {
    await rename(lock, aside)
  } catch {
    // Another start was quicker.
    return
  }
  if ((await readFile(aside, 'utf8')) !== holder) await link(aside, lock).catch(() => undefined)
  await rm(aside, { force: true })
}

/** Refuses a directory that another run holds, before anything in it is touched. */
export async function assertDataDirFree(path: string): Promise<void> {
  const holder = await readFile(join(path, 'lock'), 'utf8').catch(() => undefined)
  if (holder !== undefined) await refuseIfAlive(path, holder)
}

/** Writes a file that is whole or not there, readable by its owner alone. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const fresh = `${path}.new`
  await rm(fresh, { force: true })
  const file = await open(fresh, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(fresh, path)
}

async function refuseIfAlive(path: string, holder: string): Promise<void> {
  const { instance, awsEndpoint } = readHolder(holder)
  if (typeof awsEndpoint !== 'string' || !(await answers(awsEndpoint, instance))) return
  throw new HeadendError(
    'LOCAL_DATA_IN_USE',
    `${path} is in use by another headend at ${awsEndpoint}: stop it, or choose another directory with --data-dir`,
  )
}

function readHolder(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : {}
  } catch {
    return {}
  }
}

async function answers(awsEndpoint: string, instance: unknown): Promise<boolean> {
  try {
    const response = await fetch(awsEndpoint + instancePath, { signal: AbortSignal.timeout(2000) })
    return (await response.text()) === instance
  } catch (error) {
    // Connected but silent: a process that is busy or stopped still holds its files.
    return error instanceof Error && error.name === 'TimeoutError'
  }
}
