/** An asset whose record others write each time: the upload comes again. */
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import { GetCommand } from '@aws-sdk/lib-dynamodb'
import { describe, expect, it } from 'vitest'
import { ingestStore } from '../../../lib/packaging/store.ts'

describe('an upload', () => {
  it('that is remembered while others write is ASSET_RACE in the end', async () => {
    let writes = 0
    const table = {
      send: (command: unknown) => {
        if (command instanceof GetCommand) return Promise.resolve({})
        writes++
        return Promise.reject(new ConditionalCheckFailedException({ message: 'raced', $metadata: {} }))
      },
    }
    const store = ingestStore({
      uploadBucket: 'upload',
      mediaBucket: 'media',
      indexTable: 'index',
      s3: {} as never,
      table: table as never,
      now: () => 0,
    })
    const source = { bytes: 1, etag: 'e', versionId: 'v1', eventTime: '2026-01-31T12:00:00.000Z' }
    await expect(store.remember('film', { key: 'vod/film.mp4', source })).rejects.toMatchObject({
      code: 'ASSET_RACE',
      status: 503,
    })
    expect(writes).toBe(8)
  })
})
