/** `headend push`: sends what an encoder writes into a folder, or what a URL of HLS or DASH shows, to a channel. */
import { setTimeout as wait } from 'node:timers/promises'
import { again, realPauses } from '../../lib/platform/retry.ts'
import { idForm, idWanted } from '../../lib/timeline/ids.ts'
import { CommandError } from '../errors.ts'
import { pushFolder, type Totals } from '../push/folder/push-folder.ts'
import { operatorTokens } from '../push/operator.ts'
import { feedApi } from '../push/send/feed-api.ts'
import { createSender } from '../push/send/sender.ts'
import { pushUrl } from '../push/url/push-url.ts'
import { type Command, parse } from './command.ts'
import { choosePlace, outputNamed, placeOptions, placeUsage } from './place.ts'

const usage = `push FOLDER|URL CHANNEL[/PIPELINE] [--once] [--last N|all] ${placeUsage}`

export const pushCommand: Command = {
  name: 'push',
  usage,
  summary:
    'sends a channel what an encoder writes into FOLDER, or what the playlist or MPD at URL shows, until Ctrl-C; --once ends behind what is there now',
  async run(args) {
    const { values, positionals } = parse(args, {
      options: { ...placeOptions, once: { type: 'boolean' }, last: { type: 'string' } },
      positionals: 2,
      usage,
    })
    const [from = '', to = ''] = positionals
    const [channelId = '', pipeline, ...rest] = to.split('/')
    if (!idForm.test(channelId) || (pipeline !== undefined && !idForm.test(pipeline)) || rest.length > 0)
      throw new CommandError('CLI_USAGE', `CHANNEL: ${idWanted}, got ${to}; usage: headend ${usage}`)
    const asked = lastOf(values.last)
    const outputs = await choosePlace(values)
    const token = operatorTokens(outputNamed(outputs, 'OperatorSecret'), Date.now)
    const api = feedApi({ apiUrl: outputNamed(outputs, 'ApiUrl'), channelId, token })
    const segmentSeconds = await api.segmentSeconds()
    if (segmentSeconds === again)
      throw new CommandError('HEADEND_UNREACHABLE', `${outputNamed(outputs, 'ApiUrl')}: no answer`)
    const { signal, end } = interruption()
    const folder = pipeline === undefined ? '' : `${pipeline}/`
    const sender = createSender({ api, folder, pauses: realPauses, tell, signal })
    const sleep = (ms: number): Promise<void> => wait(ms, undefined, { signal }).catch(() => undefined)
    const common = {
      sender,
      last: asked ?? lastFor(segmentSeconds),
      once: values.once === true,
      tell,
      signal,
    }
    tell(`pushing to live/${to}; Ctrl-C ends it`)
    try {
      if (/^https?:\/\//.test(from)) {
        const pauses = { random: Math.random, sleep }
        return ended(await pushUrl({ ...common, url: from, now: Date.now, pauses }))
      }
      const clock = { now: Date.now, sleep }
      return ended(await pushFolder({ ...common, folder: from, segmentSeconds, clock }))
    } finally {
      end()
    }
  },
}

const tell = (line: string): void => void process.stderr.write(`${line}\n`)

/**
 * How many segments a channel begins with: what a player needs, and no more than ingest takes at once. What is sent
 * together is placed one behind the other, the last ahead of the time it came; and of five that come in another order
 * the second may be taken for lost.
 */
const lastFor = (segmentSeconds: number): number => Math.min(4, 1 + Math.floor(20 / segmentSeconds))

function lastOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (text === 'all') return Number.POSITIVE_INFINITY
  if (/^\d{1,6}$/.test(text)) return Number(text)
  throw new CommandError(
    'CLI_USAGE',
    `--last: expected a number or all, got ${text}; usage: headend ${usage}`,
  )
}

/** Aborted at the first Ctrl-C, so that what is on its way arrives; the second ends at once. */
function interruption(): { readonly signal: AbortSignal; readonly end: () => void } {
  const ending = new AbortController()
  const interrupted = (): void => {
    if (ending.signal.aborted) process.exit(130)
    ending.abort()
    tell('stopping; what is on its way arrives, Ctrl-C again ends at once')
  }
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const name of signals) process.on(name, interrupted)
  return {
    signal: ending.signal,
    end() {
      for (const name of signals) process.off(name, interrupted)
    },
  }
}

function ended({ sent, failed, left }: Totals): string {
  if (failed > 0) process.exitCode = 1
  return `sent ${sent}, failed ${failed}, left out ${left}\n`
}
