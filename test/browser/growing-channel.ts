/** A channel that has just begun, in a whole headend, with a browser beside it; the test sends what comes next. */
import { segmentSeconds, type Written, writtenBy } from '../channels/feeds.ts'
import { startInProcess } from '../house/in-process.ts'
import { askApi } from '../house/operator-api.ts'
import { launch } from './chromium.ts'
import { playerPages } from './player.ts'

/** Starts one of so many segments, of which the first `before` have come. */
export async function growingChannel({
  segments,
  before,
}: {
  readonly segments: number
  readonly before: number
}) {
  const [house, browser, pages] = await Promise.all([startInProcess(), launch(), playerPages()])
  await askApi(house, 'PUT', '/v1/channels/long', { name: 'Long', segmentSeconds })
  const send = async (objects: readonly Written[]): Promise<void> => {
    for (const { path, bytes } of objects) await house.upload(`live/long/${path}`, bytes)
  }
  const feed = writtenBy('ts', segments * segmentSeconds)
  await send(feed.slice(0, before))
  return {
    house,
    browser,
    pages,
    send,
    /** What has not come yet. */
    next: feed.slice(before),
    async stop() {
      await browser.close()
      pages.server.close()
      await house.stop()
    },
  }
}
