/** One player with one film until its end or an error, and everything it was refused on the way. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, Page, Request, Response } from 'playwright-core'
import { type Played, type PlayOptions, play, type Stage } from './player.ts'

/** As for any play, in a browser whose pages tell what they ask. */
export interface PlayOutOptions extends Omit<PlayOptions, 'browser'> {
  readonly browser: Browser
  /** How long it may stand still and wait for no answer before nothing more is expected of it. @default patienceMs */
  readonly stillMs?: number
}

/** How it went. */
export interface PlayedOut extends Played {
  readonly player: string
  readonly url: string
  /** Answers that were no success, with what they said, and requests that got none. */
  readonly refused: readonly string[]
  /** Requests without an answer when it ended. */
  readonly waiting: readonly string[]
  /** URLs of media it asked for. */
  readonly media: readonly string[]
}

/** So much faster than life. */
const rate = 4
const faster = `for (const one of ['play', 'playing']) addEventListener(one, ({ target }) => { target.playbackRate = ${rate} }, true)`

/** Plays it, faster than life. */
export async function playOut(options: PlayOutOptions): Promise<PlayedOut> {
  const refused: string[] = []
  const media = new Set<string>()
  const pending = new Set<Request>()
  const waiting: string[] = []
  const reading: Promise<void>[] = []
  let isOver = false
  const read = async (response: Response): Promise<void> => {
    const text = await response.text().catch(() => '')
    refused.push(`${response.status()} ${text.slice(0, 200)} ${response.url()}`)
  }
  const stage: Stage = {
    async newPage() {
      const page = await options.browser.newPage()
      await page.addInitScript(faster)
      page.on('request', (request) => {
        pending.add(request)
        if (request.url().includes('/media/')) media.add(request.url())
      })
      page.on('requestfinished', (request) => pending.delete(request))
      page.on('requestfailed', (request) => {
        pending.delete(request)
        if (!isOver) refused.push(`${request.failure()?.errorText} ${request.url()}`)
      })
      page.on('response', (response) => {
        if (response.status() < 400) return
        reading.push(read(response))
      })
      return {
        goto: (url) => page.goto(url),
        waitForFunction: (expression, none, how) =>
          Promise.race([
            page.waitForFunction(expression, none, how),
            standsStill(page, () => pending.size > 0, options.stillMs ?? how.timeout),
          ]),
        evaluate: (expression) => page.evaluate(expression),
        async close() {
          isOver = true
          waiting.push(...Array.from(pending, (request) => request.url()))
          await Promise.all(reading)
          await page.close()
        },
      }
    },
  }
  const played = await play({ ...options, browser: stage })
  const { player, url } = options
  return { ...played, player, url, refused, waiting, media: [...media] }
}

/** Resolves when it has shown nothing new for so long and waited for no answer all the while. */
async function standsStill(page: Page, isWaiting: () => boolean, stillMs: number): Promise<void> {
  let before: unknown
  for (let sinceMs = performance.now(); !page.isClosed() && performance.now() - sinceMs < stillMs; ) {
    await sleep(500)
    const now = await page.evaluate('v.currentTime').catch(() => undefined)
    if (now === before && !isWaiting()) continue
    before = now
    sinceMs = performance.now()
  }
}

/** It says nothing and goes no further. */
export const isStill = ({ ended, errors }: Played): boolean => !ended && errors.length === 0

/** All was shown: to the event, or to the last picture where dash.js forgets to end the stream it has whole. */
export const isPlayedOut = ({ ended, errors, currentTime, duration }: Played): boolean =>
  ended || (errors.length === 0 && currentTime >= duration - 0.05)

/** What is wrong with how it went: it waits for an answer, or stops for another reason than that it was refused something. */
export function wrongIn(played: PlayedOut): readonly string[] {
  const { player, url, ended, errors, refused, waiting, currentTime } = played
  if (ended) return []
  const where = `${player} with ${url} at ${currentTime} s`
  const why = `${refused.join('; ')}, and no answer of ${waiting.join('; ')}`
  // Some stand still for good where their first segment was refused, or when they starve for a core.
  if (isStill(played)) return waiting.length > 0 ? [`${where} stands still after ${why}`] : []
  // Bytes that are wrong or lack an end show as errors of media.
  const isMedias = errors.some((error) => /mediaError|decode|append|demux|shaka 3\d{3}/i.test(error))
  return isMedias || refused.length === 0 ? [`${where}: ${errors.join('; ')} after ${why}`] : []
}
