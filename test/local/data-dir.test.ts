import { readdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { takeDataDir } from '../../local/data-dir.ts'
import { freshDir, removeDirs } from './s3/harness.ts'

const closing: (() => void)[] = []
afterAll(async () => {
  for (const close of closing) close()
  await removeDirs()
})

/** A start as far as the lock goes: an endpoint that says who it is, and the attempt to take the directory. */
async function start(path: string): Promise<string> {
  let instance = ''
  const server = createServer((_, response) => response.end(instance))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  closing.push(() => server.close())
  const { port } = server.address() as AddressInfo
  return takeDataDir(path, `http://127.0.0.1:${port}`, (mine) => {
    instance = mine
  }).then(
    () => 'taken',
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  )
}

const others = Array.from({ length: 5 }, () => 'LOCAL_DATA_IN_USE')

describe('a data directory', () => {
  it.each([
    ['fresh', undefined],
    ['left by a run that was killed', JSON.stringify({ instance: 'x', awsEndpoint: 'http://127.0.0.1:1' })],
    ['with half a lock in it', '{"inst'],
  ])('%s has one of several starts at once', async (_name, lock) => {
    for (let turn = 0; turn < 10; turn++) {
      const path = await freshDir()
      if (lock !== undefined) await writeFile(join(path, 'lock.7'), lock)
      const outcomes = await Promise.all([start(path), ...others.map(() => start(path))])
      expect(outcomes.toSorted()).toEqual([...others, 'taken'])
      expect(await readdir(path)).toEqual([lock === undefined ? 'lock.1' : 'lock.8'])
    }
  })
})
