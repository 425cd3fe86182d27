/** From the moment an upload is complete to the first picture in a browser, in the headend `npm start` runs. */
import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { browserMissing, launch } from '../test/browser/chromium.ts'
import { playerPages } from '../test/browser/player.ts'
import { startHeadend } from '../test/house/headend.ts'
import { demoFilm } from './films.ts'
import { median, type Result } from './measure.ts'

const rounds = 3
const maxMs = 60_000

export async function firstFrame(): Promise<Result[]> {
  if (browserMissing !== undefined) {
    console.log(`first frame ${browserMissing}`)
    return []
  }
  const [headend, browser, pages] = await Promise.all([
    startHeadend({ empty: true }),
    launch(),
    playerPages(),
  ])
  try {
    const playable: number[] = []
    const shown: number[] = []
    for (let round = 0; round < rounds; round++) {
      const key = `vod/round-${round}.mp4`
      await upload(headend.outputs, key)
      const start = performance.now()
      const url = `${headend.outputs['PlaybackUrl']}/vod/round-${round}/index.m3u8`
      while (!(await fetch(url)).ok) {
        if (performance.now() - start > maxMs) throw new Error(`${url}: nothing to play after a minute`)
        await wait(50)
      }
      playable.push((performance.now() - start) / 1000)
      const tab = await browser.newPage()
      await tab.goto(`${pages.url}/?player=hls.js&url=${encodeURIComponent(url)}`)
      await tab.waitForFunction(
        'v.getVideoPlaybackQuality().totalVideoFrames > 0 || errors.length > 0',
        undefined,
        { timeout: maxMs },
      )
      const errors = await tab.evaluate<string[]>('errors')
      if (errors.length > 0) throw new Error(errors.join())
      shown.push((performance.now() - start) / 1000)
      await tab.close()
    }
    const common = { bench: 'first frame', unit: 's' } as const
    return [
      { ...common, case: 'upload complete to manifest', p50: median(playable), note: '22.7 MB demo film' },
      { ...common, case: 'upload complete to first picture', p50: median(shown), note: 'hls.js in Chromium' },
    ]
  } finally {
    pages.server.close()
    await Promise.all([browser.close(), headend.stop()])
  }
}

async function upload(outputs: Readonly<Record<string, string>>, key: string): Promise<void> {
  const s3 = new S3Client({
    endpoint: outputs['AwsEndpoint'] ?? '',
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  await s3.send(
    new PutObjectCommand({ Bucket: outputs['UploadBucket'], Key: key, Body: readFileSync(demoFilm) }),
  )
}
