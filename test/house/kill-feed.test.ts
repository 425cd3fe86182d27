/** The plug is pulled in the middle of a feed: each segment that was acknowledged is shown, and the feed goes on. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { playlistUris, type Written } from '../channels/feeds.ts'
import { madeFragments, madeInits, madeSeconds } from '../channels/hard-feed/made-feed.ts'
import { checkMediaPlaylist } from '../judges/hls/rules.ts'
import { type Headend, startHeadend } from './headend.ts'
import { askApi } from './operator-api.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'headend-kill-feed-'))
let headend: Headend

beforeAll(async () => {
  // With a film the edge knows at once what is protected.
  headend = await startHeadend({ dataDir })
})
afterAll(async () => {
  await headend?.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

/** Sends objects, each as soon as the one before it is acknowledged. */
async function sends(objects: readonly Written[]): Promise<void> {
  const s3 = new S3Client({
    endpoint: headend.outputs['AwsEndpoint'] ?? '',
    region: 'us-east-1',
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
  const Bucket = headend.outputs['UploadBucket'] ?? ''
  for (const { path, bytes } of objects)
    await s3.send(new PutObjectCommand({ Bucket, Key: `live/news/${path}`, Body: bytes }))
}

it('loses no segment that was acknowledged', async () => {
  expect((await askApi(headend, 'PUT', '/v1/channels/news', { segmentSeconds: madeSeconds })).ok).toBe(true)
  // On a clock that counts from 1970: however long a restart takes, the feed goes on where it was.
  const begun = Math.floor(Date.now() / 1000)
  const segments = (from: number, to: number): readonly Written[] =>
    Array.from({ length: to - from }, (_, i) => from + i).flatMap((i) =>
      madeFragments(begun + i * madeSeconds, String(i)),
    )
  const playlist = async (): Promise<string> => {
    const base = `${headend.outputs['PlaybackUrl']}/live/news/`
    const top = await (await fetch(`${base}index.m3u8?start=${begun}`)).text()
    const [uri] = playlistUris(top)
    return uri === undefined ? top : (await fetch(new URL(uri, base))).text()
  }
  const listed = async (count: number): Promise<void> => {
    await expect
      .poll(async () => (await playlist()).match(/#EXTINF/g)?.length ?? 0, {
        timeout: 240_000,
        interval: 500,
      })
      .toBeGreaterThanOrEqual(count)
  }
  await sends(madeInits)
  await sends(segments(0, 4))
  await listed(4)
  await sends(segments(4, 10))
  await headend.kill()
  headend = await startHeadend({ dataDir })
  await sends(segments(10, 14))
  // Messages that were being worked on show again when their visibility is over.
  await listed(14)
  const text = await playlist()
  expect(checkMediaPlaylist(text), text).toEqual([])
  expect(text.match(/#EXTINF/g), text).toHaveLength(14)
  expect(text).not.toMatch(/#EXT-X-GAP|#EXT-X-DISCONTINUITY\n/)
}, 400_000)
