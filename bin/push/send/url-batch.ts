/** URLs of objects that are sent at the same time, asked for in one request. */
import { maxFeedPaths } from '../../../lib/channels/uploads/feed-path.ts'
import { again } from '../../../lib/platform/retry.ts'
import type { FeedApi } from './feed-api.ts'

interface Batch {
  readonly paths: string[]
  readonly answer: ReturnType<FeedApi['urls']>
}

/** The URL of an object; all that are asked for in one turn of the event loop share a request. */
export function urlBatches(api: FeedApi): (path: string) => Promise<string | typeof again> {
  let open: Batch | undefined
  const opened = (): Batch => {
    const paths: string[] = []
    const answer = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      if (open?.paths === paths) open = undefined
      return api.urls(paths)
    })
    return { paths, answer }
  }
  return async (path) => {
    open = open === undefined || open.paths.length >= maxFeedPaths ? opened() : open
    open.paths.push(path)
    const urls = await open.answer
    return urls === again ? again : (urls.get(path) ?? again)
  }
}
