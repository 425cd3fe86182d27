/** What `headend push` asks of the operator's API: the channel, and where its objects are PUT. */
import * as z from 'zod'
import { isErrorCode } from '../../../lib/errors/table.ts'
import { again } from '../../../lib/platform/retry.ts'
import { CommandError } from '../../errors.ts'

/** The API as far as a feed needs it. An answer is `again` where the same request may succeed later. */
export interface FeedApi {
  /** How long the channel's segments are meant to last; throws CHANNEL_NOT_FOUND. */
  segmentSeconds(): Promise<number | typeof again>
  /** A URL for each path, which ends after some minutes. */
  urls(paths: readonly string[]): Promise<ReadonlyMap<string, string> | typeof again>
}

/** Where the API is, who asks, and for which channel. */
export interface FeedApiOptions {
  /** Without a slash at its end. */
  readonly apiUrl: string
  readonly channelId: string
  /** The operator's token; asked for with each request. */
  readonly token: () => Promise<string>
}

const patienceMs = 30_000
const channelSchema = z.object({ segmentSeconds: z.number() })
const uploadsSchema = z.object({ uploads: z.array(z.object({ path: z.string(), url: z.string() })) })
const refusalSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) })

/** The API of a headend. */
export function feedApi({ apiUrl, channelId, token }: FeedApiOptions): FeedApi {
  const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
    const authorization = `Bearer ${await token()}`
    const response = await fetch(`${apiUrl}/v1/channels/${channelId}${path}`, {
      method,
      headers: { authorization, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(patienceMs),
    }).catch(() => undefined)
    if (!response || isPassing(response.status)) return again
    const text = await response.text()
    if (response.ok) return JSON.parse(text)
    throw refused(response.status, text)
  }
  return {
    async segmentSeconds() {
      const answer = await ask('GET', '')
      return answer === again ? again : channelSchema.parse(answer).segmentSeconds
    },
    async urls(paths) {
      const answer = await ask('POST', '/uploads', { paths })
      if (answer === again) return again
      return new Map(uploadsSchema.parse(answer).uploads.map(({ path, url }) => [path, url]))
    },
  }
}

/** Whether a status says that the same request may succeed later. */
export const isPassing = (status: number): boolean => status >= 500 || status === 429 || status === 408

function refused(status: number, text: string): CommandError {
  const { data } = refusalSchema.safeParse(parsed(text))
  if (data && isErrorCode(data.error.code)) return new CommandError(data.error.code, data.error.message)
  return new CommandError(
    'PUSH_REFUSED',
    `the operator's API: expected an answer, got ${status} ${text.slice(0, 200)}; is this the headend that is meant, and of this version?`,
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
