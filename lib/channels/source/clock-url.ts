/** The URL by which MPDs tell players where the time is. */
import type { Front } from '../../platform/http/front.ts'

/** What CloudFront answers with the time itself. */
const clockPath = '/time'

/**
 * Gives the URL once the front is known, and until then nothing: a manifest has another clock, and does not wait. Asked
 * again each time, since the reader of the front keeps what it has read.
 */
export function clockUrlOf(front: () => Promise<Pick<Front, 'playbackUrl'>>): () => string | undefined {
  let url: string | undefined
  const ask = async (): Promise<void> => {
    try {
      url = (await front()).playbackUrl + clockPath
    } catch {
      // The one that is known goes on to hold.
    }
  }
  return () => {
    void ask()
    return url
  }
}
