/** `npm start -- --demo-channel`: a channel that shows the demo film in a loop, for who wants one without an encoder. */
import type { Pauses } from '../../lib/platform/retry.ts'
import { CommandError } from '../errors.ts'
import { feedApi } from '../push/send/feed-api.ts'
import { createSender } from '../push/send/sender.ts'
import { demoAssetUrl } from './demo-film.ts'
import { type LoopedObject, loopedAsset } from './looped-asset.ts'
import { playedAsset } from './played-asset.ts'

/** What the channel needs. */
export interface DemoChannelOptions {
  readonly outputs: Readonly<Record<string, string>>
  /** Epoch milliseconds. */
  readonly now: () => number
  /** May end early, when the signal comes. */
  readonly pauses: Pauses
  /** Told in lines. */
  readonly say: (text: string) => void
  /** Aborted when the headend ends. */
  readonly signal: AbortSignal
}

/** A running channel. */
export interface DemoChannel {
  readonly hlsUrl: string
  readonly dashUrl: string
  /** Resolves behind the signal, when nothing is on its way any more; rejects if its feed broke off. */
  readonly ended: Promise<void>
}

const channelId = 'demo'
const lookEveryMs = 250
/** Whoever opens a URL that is printed should see something; a machine that is busy is not waited for. */
const maxLooks = 80

/** Makes the channel, gives it what players start from, goes on in real time, and resolves when it plays. */
export async function startDemoChannel(options: DemoChannelOptions): Promise<DemoChannel> {
  const { outputs, now, pauses, signal, say } = options
  const looped = loopedAsset(await playedAsset(demoAssetUrl(outputs), signal))
  await putChannel(options, looped.segmentSeconds)
  const token = () => Promise.resolve(outputs['OperatorToken'] ?? '')
  const api = feedApi({ apiUrl: outputs['ApiUrl'] ?? '', channelId, token })
  const sender = createSender({ api, pauses, signal, tell: (line) => say(`demo channel: ${line}`) })
  // One after the other: ingest takes a segment for lost when later ones have come.
  const send = async (objects: readonly LoopedObject[]): Promise<void> => {
    for (const { path, bytes } of objects) await sender.send({ path, read: async () => bytes() })
  }
  await send(looped.inits)
  // What players start from, which is as much as ingest takes in any order: a channel that is new has it at once.
  const headStartMs = 3000 * looped.segmentSeconds - 1000
  let untilMs = now()
  const begin = looped.between(untilMs - headStartMs, untilMs)
  // The rate that is announced follows from the first segment of a track.
  await send(begin.toSorted((a, b) => b.bytes().length - a.bytes().length).slice(0, 1))
  await send(begin)
  const goOn = async (): Promise<void> => {
    while (!signal.aborted) {
      await pauses.sleep(lookEveryMs)
      const nowMs = now()
      // A machine that slept does not catch up on the night.
      const fromMs = Math.max(untilMs, nowMs - headStartMs)
      untilMs = nowMs
      await send(looped.between(fromMs, nowMs))
    }
  }
  const root = `${outputs['PlaybackUrl']}/live/${channelId}`
  const channel = { hlsUrl: `${root}/index.m3u8`, dashUrl: `${root}/index.mpd`, ended: goOn() }
  for (let look = 0; look < maxLooks && !signal.aborted; look++) {
    if (await plays(channel.hlsUrl)) break
    await pauses.sleep(lookEveryMs)
  }
  return channel
}

const plays = (url: string): Promise<boolean> =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  )

async function putChannel({ outputs, signal }: DemoChannelOptions, segmentSeconds: number): Promise<void> {
  const response = await fetch(`${outputs['ApiUrl']}/v1/channels/${channelId}`, {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${outputs['OperatorToken']}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ name: 'Demo', segmentSeconds }),
    signal,
  })
  if (!response.ok)
    throw new CommandError(
      'PUSH_REFUSED',
      `channel ${channelId}: expected it to be made, got ${response.status} ${(await response.text()).slice(0, 200)}`,
    )
}
