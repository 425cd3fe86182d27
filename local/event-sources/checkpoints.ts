/** How far each shard of each mapping has been processed, on disk. */
import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'

export interface Checkpoints {
  /** The last processed sequence number of a shard. */
  get(mappingId: string, shardId: string): string | undefined
  /** On disk when it resolves. */
  set(mappingId: string, shardId: string, sequenceNumber: string): Promise<void>
}

export async function openCheckpoints(dir: string): Promise<Checkpoints> {
  await mkdir(dir, { recursive: true })
  const known = new Map<string, string>()
  for (const name of await readdir(dir)) {
    if (name.endsWith('.txt')) known.set(name, await readFile(join(dir, name), 'utf8'))
  }
  return {
    get: (mappingId, shardId) => known.get(fileOf(mappingId, shardId)),
    async set(mappingId, shardId, sequenceNumber) {
      const name = fileOf(mappingId, shardId)
      known.set(name, sequenceNumber)
      const path = join(dir, name)
      // One writer a shard, so the temporary name is its own.
      const file = await open(`${path}.new`, 'w')
      try {
        await file.writeFile(sequenceNumber)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(`${path}.new`, path)
    },
  }
}

function fileOf(mappingId: string, shardId: string): string {
  return `${encodeURIComponent(`${mappingId}|${shardId}`)}.txt`
}
