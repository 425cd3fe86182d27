/** The samples of a transport stream while a command looks at them: a file that is gone afterwards. */
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { IndexOrder } from '../../lib/packaging/index.ts'

/** Calls `use` with a place for samples, and empties it then. */
export async function withKeptSamples<Result>(
  use: (keep: NonNullable<IndexOrder['keep']>) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'headend-samples-'))
  try {
    await using file = await open(join(folder, 'samples.bin'), 'w+')
    return await use(async (name, chunks) => {
      let size = 0
      for await (const chunk of chunks) {
        await file.write(chunk, 0, chunk.length, size)
        size += chunk.length
      }
      const read = async (offset: number, length: number): Promise<Uint8Array> => {
        const bytes = Buffer.alloc(length)
        const { bytesRead } = await file.read(bytes, 0, length, offset)
        return bytes.subarray(0, bytesRead)
      }
      return { object: { bucket: 'media', key: name }, source: { name, size, read } }
    })
  } finally {
    await rm(folder, { recursive: true })
  }
}
