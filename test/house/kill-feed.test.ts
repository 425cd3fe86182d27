/** The plug is pulled in the middle of a feed: each segment that was acknowledged is shown, and the feed goes on. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { playlistUris } from '../channels/feeds.ts'
import { madeSeconds, madeStream } from '../channels/hard-feed/made-feed.ts'
import { checkMediaPlaylist } from '../judges/hls/rules.ts'
import { type Headend, startHeadend } from './headend.ts'
import { askApi } from './operator-api.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'headend-kill-feed-'))
let headend: Headend

beforeAll(async () => {
  headend = await startHeadend({ empty: true, dataDir })
})
afterAll(async () => {
  await headend?.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

/** Sends segments as fast as they are acknowledged, which is faster than they last. */
async function sends(from: number, to: number): Promise<void> {
  const s3 = new S3Client({
    endpoint: headend.outputs['AwsEndpoint'] ?? '',
    region: 'us-east-1',
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
  for (let i = from; i < to; i++)
    await s3.send(
      new PutObjectCommand({
        Bucket: headend.outputs['UploadBucket'] ?? '',
        Key: `live/news/index${i}.ts`,
        Body: madeStream({ fromSeconds: 1000 + i * madeSeconds }),
      }),
    )
}

const before = 8
const all = 14

it('loses no segment that was acknowledged', async () => {
  const begun = Math.floor(Date.now() / 1000) - 60
  expect((await askApi(headend, 'PUT', '/v1/channels/news', { segmentSeconds: madeSeconds })).ok).toBe(true)
  await sends(0, before)
  await headend.kill()
  headend = await startHeadend({ empty: true, dataDir })
  await sends(before, all)
  const playlist = async (): Promise<string> => {
    const base = `${headend.outputs['PlaybackUrl']}/live/news/`
    const top = await (await fetch(`${base}index.m3u8?start=${begun}`)).text()
    const [uri] = playlistUris(top)
    return uri === undefined ? top : (await fetch(new URL(uri, base))).text()
  }
  // Messages that were being worked on show again when their visibility is over.
  await expect
    .poll(async () => (await playlist()).match(/#EXTINF/g)?.length ?? 0, { timeout: 240_000, interval: 1000 })
    .toBeGreaterThanOrEqual(all)
  const text = await playlist()
  expect(checkMediaPlaylist(text), text).toEqual([])
  expect(text.match(/#EXTINF/g), text).toHaveLength(all)
  expect(text).not.toMatch(/#EXT-X-GAP|#EXT-X-DISCONTINUITY\n/)
}, 300_000)
