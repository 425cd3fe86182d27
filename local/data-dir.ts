/** The data directory of a local cloud: one run at a time, and what others read from it. */
import { randomUUID } from 'node:crypto'
import { link, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LocalError } from './errors.ts'
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
 * writes a lock this run begins to answer, by `answer`.
 *
 * Locks are numbered and the highest holds. A dead holder's lock is never taken away to make room: its successor
 * links the next number, which only one can, and then clears what is below.
 */
export async function takeDataDir(
  path: string,
  awsEndpoint: string,
  answer: (instance: string) => void,
): Promise<DataDir> {
  await mkdir(path, { recursive: true, mode: 0o700 })
  const instance = randomUUID()
  answer(instance)
  // Linked into place, so that nobody ever reads half a lock and takes it for nobody's.
  const written = join(path, `.${instance}`)
  await writeFile(written, JSON.stringify({ instance, awsEndpoint }), { flag: 'wx', mode: 0o600 })
  try {
    for (let attempt = 0; attempt < 20; attempt++) {
      const lock = await linkNext(path, written)
      if (lock !== undefined) return { path, instance, release: () => rm(lock, { force: true }) }
    }
  } finally {
    await rm(written, { force: true })
  }
  throw new LocalError('LOCAL_DATA_LOCK', `${path}: no lock could be written, others were always quicker`)
}

/** One attempt to become the highest lock: its path, or undefined when another start was quicker. */
async function linkNext(path: string, written: string): Promise<string | undefined> {
  const highest = (await lockNumbers(path)).at(-1) ?? 0
  await refuseIfHeld(path, highest)
  const mine = lockPath(path, highest + 1)
  try {
    await link(written, mine)
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') return undefined
    throw new LocalError('LOCAL_DATA_LOCK', `${mine}: cannot be written`, { cause })
  }
  const numbers = await lockNumbers(path)
  // Between the look and the link others came and one went: a higher lock was taken and lower ones were cleared.
  if (numbers.at(-1) !== highest + 1) {
    await rm(mine, { force: true })
    return undefined
  }
  for (const number of numbers.slice(0, -1)) await rm(lockPath(path, number), { force: true })
  return mine
}

const lockPath = (path: string, number: number): string => join(path, `lock.${number}`)

async function lockNumbers(path: string): Promise<readonly number[]> {
  const names = await readdir(path).catch(() => [])
  return names
    .flatMap((name) => /^lock\.([1-9]\d{0,14})$/.exec(name)?.[1] ?? [])
    .map(Number)
    .toSorted((a, b) => a - b)
}

/** Refuses a directory that another run holds, before anything in it is touched. */
export async function assertDataDirFree(path: string): Promise<void> {
  await refuseIfHeld(path, (await lockNumbers(path)).at(-1) ?? 0)
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

async function refuseIfHeld(path: string, number: number): Promise<void> {
  const holder = await readFile(lockPath(path, number), 'utf8').catch(() => '')
  const { instance, awsEndpoint } = readHolder(holder)
  if (typeof awsEndpoint !== 'string' || !(await answers(awsEndpoint, instance))) return
  throw new LocalError(
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
