/** A real Chromium, and how to get one. */
import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import type { Stage } from './player.ts'

// The headless shell first: it draws no window of its own, which takes a core while a film plays.
const candidates = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]
const executablePath = candidates.find((path) => path !== undefined && existsSync(path))

/** Why browser tests are skipped; undefined where a browser is there. */
export const browserMissing =
  executablePath === undefined
    ? 'skipped: no Chromium; install it (Debian: apt-get install chromium-headless-shell) or name one in CHROMIUM'
    : undefined

/** Starts it; playback may begin by itself. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    ...(executablePath !== undefined && { executablePath }),
    headless: true,
    args: [
      '--no-sandbox',
      '--autoplay-policy=no-user-gesture-required',
      '--mute-audio',
      '--disable-background-networking',
    ],
  })
}

/** A stage, and its end. */
export interface ChromiumStage extends Stage {
  close(): Promise<void>
}

/**
 * Starts it for many short plays, one after the other in the same few pages: a new page for each costs as much as
 * playing does.
 */
export async function launchStage(): Promise<ChromiumStage> {
  const browser = await launch()
  // Each with a cache and connections of its own.
  const free: Page[] = []
  return {
    async newPage() {
      const page = free.pop() ?? (await browser.newPage())
      return {
        goto: (url) => page.goto(url),
        waitForFunction: (expression, none, how) => page.waitForFunction(expression, none, how),
        evaluate: (expression) => page.evaluate(expression),
        async close() {
          // Nothing plays on there. A page that can not even leave is no page for others.
          const left = await page.goto('about:blank').catch(() => undefined)
          if (page.url() === 'about:blank' && left === null) free.push(page)
          else await page.close()
        },
      }
    },
    close: () => browser.close(),
  }
}
