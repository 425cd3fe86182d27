/** Sends objects of a feed: several at a time, each by a presigned PUT, again with growing pauses where one fails. */
import { feedPathForm, feedPathWanted } from '../../../lib/channels/uploads/feed-path.ts'
import { again, type Pauses } from '../../../lib/platform/retry.ts'
import { type FeedApi, isPassing } from './feed-api.ts'
import { createSlots } from './slots.ts'
import { urlBatches } from './url-batch.ts'

/** One object of a feed. */
export interface Outgoing {
  /** What stands behind `live/<channelId>/`. */
  readonly path: string
  /** Its bytes, read when its turn has come; undefined if there is nothing to send after all. */
  readonly read: () => Promise<Uint8Array | undefined>
}

/** What became of an object. `stopped`: the person had enough before it was sent. */
export type Sent = 'sent' | 'nothing' | 'failed' | 'stopped'

/** Sends objects. */
export interface Sender {
  /** Rejects only for what ends the whole push, such as a channel that was taken away. */
  readonly send: (object: Outgoing) => Promise<Sent>
}

/** What a sender works with. */
export interface SenderOptions {
  readonly api: FeedApi
  /** Folder of one of redundant pipelines, with a slash at its end. @default none */
  readonly folder?: string
  readonly pauses: Pauses
  /** Told in a line of objects that are given up. */
  readonly tell: (line: string) => void
  /** Aborted when the person has enough: what is on its way arrives, and nothing is tried again. */
  readonly signal: AbortSignal
}

/** A home connection is full with these, and segments of 128 MB fit in memory. */
const atOnce = 6
/** With the pauses between them about half a minute: an API that is deployed anew is back before. */
const maxTries = 9
const [firstPauseMs, maxPauseMs] = [250, 8000]
/** The largest object over a slow line. */
const putMs = 120_000

/** A sender to one channel. */
export function createSender({ api, folder = '', pauses, tell, signal }: SenderOptions): Sender {
  const slots = createSlots(atOnce)
  const urlOf = urlBatches(api)
  const tried = async (path: string, bytes: Uint8Array): Promise<Sent> => {
    let said = 'nobody answered'
    for (let turn = 0; turn < maxTries; turn++) {
      if (turn > 0) await pauses.sleep(pauseMs(turn, pauses.random))
      if (signal.aborted) return 'stopped'
      const url = await urlOf(path)
      const answer = url === again ? undefined : await put(url, bytes)
      if (answer === undefined) continue
      if (answer.ok) return 'sent'
      said = `${answer.status} ${answer.text}`
      // A URL that has ended is refused, and asked for again.
      if (!isPassing(answer.status) && answer.status !== 403) break
    }
    tell(`${path}: not sent, ${said}`)
    return 'failed'
  }
  return {
    async send({ path: name, read }) {
      const path = folder + name
      if (!feedPathForm.test(path)) {
        tell(`${path}: not sent, ${feedPathWanted}`)
        return 'failed'
      }
      return slots(async () => {
        if (signal.aborted) return 'stopped'
        const bytes = await read()
        return bytes === undefined ? 'nothing' : tried(path, bytes)
      })
    },
  }
}

/** Half of a pause that doubles, and up to as much again by chance. */
const pauseMs = (turn: number, random: Pauses['random']): number =>
  Math.min(maxPauseMs, firstPauseMs * 2 ** (turn - 1)) * (0.5 + random() / 2)

/** Undefined if there was no answer. What failed is said without the URL, which is a permission. */
async function put(
  url: string,
  bytes: Uint8Array,
): Promise<{ readonly ok: boolean; readonly status: number; readonly text: string } | undefined> {
  try {
    const response = await fetch(url, {
      method: 'PUT',
      body: new Uint8Array(bytes),
      signal: AbortSignal.timeout(putMs),
    })
    const [, code = ''] = /<Code>(\w+)<\/Code>/.exec(await response.text()) ?? []
    return { ok: response.ok, status: response.status, text: code }
  } catch {
    return undefined
  }
}
