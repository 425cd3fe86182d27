/** The console as a newcomer uses it: sign in by the link, watch, upload, watch that. In a real Chromium. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Headend, startHeadend } from '../house/headend.ts'
import { demoFilm } from '../house/media.ts'
import { browserMissing, launch } from './chromium.ts'

let headend: Headend
let browser: Browser
let page: Page
let asked: string[] = []
let faults: string[] = []
const scratch = mkdtempSync(join(tmpdir(), 'headend-console-'))

describe.skipIf(browserMissing !== undefined)(`the console ${browserMissing ?? ''}`, () => {
  beforeAll(async () => {
    ;[headend, browser] = await Promise.all([startHeadend(), launch()])
  })
  afterAll(async () => {
    await browser?.close()
    await headend?.stop()
    rmSync(scratch, { recursive: true, force: true })
  })
  afterEach(() => page?.context().close())

  it('signs in by its link and forgets the token in the address', async () => {
    await open()
    expect(page.url()).not.toContain('token')
    await row('big-buck-bunny').waitFor()
    expect(await row('big-buck-bunny').getAttribute('data-state')).toBe('ready')
    expect(faults).toEqual([])
  })

  it('asks for a token where it has none, and says when one is not good', async () => {
    await open({ signedIn: false })
    await page.getByLabel('Operator token').fill('not-a-token')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').waitFor()
    await page.getByLabel('Operator token').fill(headend.outputs['OperatorToken'] ?? '')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await row('big-buck-bunny').waitFor()
  })

  it('loads no player before it is needed, and nothing from elsewhere at all', async () => {
    await open()
    await row('big-buck-bunny').waitFor()
    expect(asked.filter((url) => url.endsWith('.js'))).toHaveLength(1)
    await row('big-buck-bunny').getByRole('link', { name: 'Play' }).click()
    await playing(1)
    const { ConsoleUrl = '', ApiUrl = '', AwsEndpoint = '', PlaybackUrl = '' } = headend.outputs
    const known = [ConsoleUrl, ApiUrl, AwsEndpoint, PlaybackUrl, 'blob:', 'data:']
    expect(asked.filter((url) => !known.some((origin) => url.startsWith(origin)))).toEqual([])
  })

  it('plays the demo film in three players side by side, and credits it', async () => {
    await open()
    await row('big-buck-bunny').getByRole('link', { name: 'Play' }).click()
    await playing(3)
    for (const player of ['hls.js', 'Shaka', 'dash.js']) {
      const pane = page.locator(`[data-player="${player}"]`)
      expect(await pane.locator('[data-figure=picture]').textContent()).toBe('1920×1080')
      expect(await pane.locator('[data-figure=bitrate]').textContent()).toMatch(/Mbit\/s/)
      expect(await pane.locator('.fatal').count(), `${player} has no fatal fault`).toBe(0)
    }
    await page.getByText('Big Buck Bunny © 2008 Blender Foundation, CC BY 3.0').waitFor()
    await page.getByLabel('HLS', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Pause hls.js' }).click()
    await page.locator('[data-player="hls.js"][data-state=paused]').waitFor()
    await page.getByLabel('Shaka manifest').selectOption('hls')
    await playing(2)
    expect(faults).toEqual([])
  })

  it('uploads a chosen file, shows it turning ready, and plays it without a reload', async () => {
    await open()
    await row('big-buck-bunny').waitFor()
    await page.evaluate('window.same = true')
    const chooser = page.waitForEvent('filechooser')
    await page.getByLabel('Choose films to upload').click()
    await (await chooser).setFiles({
      name: 'My Own Film.mp4',
      mimeType: 'video/mp4',
      buffer: readFileSync(demoFilm),
    })
    await page.locator('[data-upload="My Own Film.mp4"][data-outcome=ready]').waitFor({ timeout: 60_000 })
    await page.locator('[data-upload="My Own Film.mp4"]').getByRole('link', { name: 'Play' }).click()
    await playing(2)
    expect(page.url()).toMatch(/#\/assets\/My-Own-Film$/)
    expect(await page.evaluate('window.same')).toBe(true)
    expect(faults).toEqual([])
  })

  it('takes files dropped anywhere, says when one makes a new version, and why one failed', async () => {
    const again = join(scratch, 'My Own Film.mp4')
    const broken = join(scratch, 'broken.mp4')
    writeFileSync(again, readFileSync(demoFilm))
    writeFileSync(broken, readFileSync(demoFilm).subarray(0, 3_000_000))
    await open()
    await row('big-buck-bunny').waitFor()
    await drop([again, broken])
    const repeated = page.locator('[data-upload="My Own Film.mp4"]')
    await repeated.getByText('new version of My-Own-Film').waitFor()
    await page.locator('[data-upload="My Own Film.mp4"][data-outcome=ready]').waitFor({ timeout: 60_000 })
    await page.locator('[data-upload="broken.mp4"][data-outcome=failed]').waitFor({ timeout: 60_000 })
    expect(await row('broken').textContent()).toMatch(/[A-Z0-9]+_[A-Z0-9_]+ .{40,}/)
  })

  it.each([
    { colorScheme: 'dark', viewport: { width: 1280, height: 800 } },
    { colorScheme: 'light', viewport: { width: 360, height: 740 } },
  ] as const)('fits its window and works from the keyboard: %j', async (options) => {
    await open({ options })
    await row('big-buck-bunny').waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    const reached = new Map<unknown, unknown>()
    for (let i = 0; i < 24; i++) {
      await page.keyboard.press('Tab')
      const name = await page.evaluate(
        'document.activeElement.ariaLabel ?? document.activeElement.textContent',
      )
      reached.set(name, await page.evaluate('getComputedStyle(document.activeElement).outlineStyle'))
    }
    expect([...reached.keys()]).toContain('Choose films to upload')
    expect(reached.get('Play big-buck-bunny')).toBe('solid')
  })
})

const row = (id: string) => page.locator(`[data-asset="${id}"]`)

/** A new window on the console, with everything it asks for and complains of noted. */
async function open({
  signedIn = true,
  options = {},
}: {
  readonly signedIn?: boolean
  readonly options?: BrowserContextOptions
} = {}): Promise<void> {
  const context = await browser.newContext(options)
  page = await context.newPage()
  asked = []
  faults = []
  page.on('request', (request) => asked.push(request.url()))
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    // Three players that ask for one large segment at once share its download; a private window's small cache
    // may drop it, and a player asks again.
    const isShared = message.text().includes('ERR_CACHE_WRITE_FAILURE')
    if (message.type() === 'error' && !isShared) faults.push(message.text())
  })
  const { ConsoleUrl, OperatorToken } = headend.outputs
  await page.goto(signedIn ? `${ConsoleUrl}/#token=${OperatorToken}` : `${ConsoleUrl}/`)
}

/** Resolves once as many players have moved on and shown pictures that were not there before. */
async function playing(count: number): Promise<void> {
  // Not `waitForFunction`: it evaluates within the page, where the console's own policy forbids that.
  const moved = `[...document.querySelectorAll('video')].filter((video) =>
    video.currentTime > 1.5 && video.getVideoPlaybackQuality().totalVideoFrames > 20 && !video.error).length`
  await expect.poll(() => page.evaluate(moved), { timeout: 45_000 }).toBeGreaterThanOrEqual(count)
}

/** What the system sends a browser when files are let go over it. */
async function drop(files: readonly string[]): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const data = { items: [], files: [...files], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: 300, y: 300, data })
}
