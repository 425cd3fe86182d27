/** A real Firefox, which plays HEVC where Chromium does not, and how to get one. */
import { existsSync } from 'node:fs'
import puppeteer from 'puppeteer-core'
import type { Stage, Tab } from './player.ts'

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

/** A stage whose pages can be told what to run before anything of their own. */
export interface FirefoxStage extends Stage {
  newPage(first?: string): Promise<Tab>
  close(): Promise<void>
}

/** Starts it; playback may begin by itself. */
export async function launchFirefox(): Promise<FirefoxStage> {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    ...(executablePath !== undefined && { executablePath }),
    headless: true,
    extraPrefsFirefox: { 'media.autoplay.default': 0, 'media.autoplay.blocking_policy': 0 },
  })
  return {
    async newPage(first) {
      const page = await browser.newPage()
      if (first !== undefined) await page.evaluateOnNewDocument(first)
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
