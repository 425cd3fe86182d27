/** A real Firefox, which plays HEVC where Chromium does not, and how to get one. */
import { existsSync } from 'node:fs'
import puppeteer from 'puppeteer-core'
import type { Stage } from './player.ts'

const candidates = [
  process.env['FIREFOX'],
  '/usr/bin/firefox-esr',
  '/usr/bin/firefox',
  '/Applications/Firefox.app/Contents/MacOS/firefox',
]
const executablePath = candidates.find((path) => path !== undefined && existsSync(path))

/** Why tests in Firefox are skipped; undefined where it is there. */
export const firefoxMissing =
  executablePath === undefined
    ? 'skipped: no Firefox; install it (Debian: apt-get install firefox-esr) or name one in FIREFOX'
    : undefined

/** Starts it; playback may begin by itself. */
export async function launchFirefox(): Promise<Stage & { close(): Promise<void> }> {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    ...(executablePath !== undefined && { executablePath }),
    headless: true,
    extraPrefsFirefox: { 'media.autoplay.default': 0, 'media.autoplay.blocking_policy': 0 },
  })
  return {
    async newPage() {
      const page = await browser.newPage()
      return {
        goto: (url) => page.goto(url),
        waitForFunction: (expression, _none, { timeout }) => page.waitForFunction(expression, { timeout }),
        evaluate: async <Value>(expression: string) => (await page.evaluate(expression)) as Value,
        close: () => page.close(),
      }
    },
    close: () => browser.close(),
  }
}
