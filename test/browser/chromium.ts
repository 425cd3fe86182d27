/** A real Chromium, and how to get one. */
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

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
