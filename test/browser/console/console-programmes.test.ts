/** The console as an operator makes films of a channel with it, plays them and takes them away. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { ShownChannelTimeline } from '../../../lib/channels/overview/schema.ts'
import type { Programme } from '../../../web/src/channels/programmes/programme.ts'
import { segmentSeconds, writtenBy } from '../../channels/feeds.ts'
import { ffmpegMissing } from '../../house/ffmpeg.ts'
import { type InProcess, startInProcess } from '../../house/in-process.ts'
import { browserMissing, launch } from '../chromium.ts'

const missing = browserMissing ?? ffmpegMissing
const feedSeconds = 12
/** Nobody says how fast the machine is: only a test that fails takes so long. */
const patience = 45_000
const encrypted = { mode: 'encrypted', schemes: ['cenc', 'cbcs'], systems: ['clearkey'] }
let house: InProcess
let browser: Browser
let page: Page

describe.skipIf(missing !== undefined)(
  `the console's programmes ${missing ?? ''}`,
  {
    timeout: 3 * patience,
  },
  () => {
    beforeAll(async () => {
      ;[house, browser] = await Promise.all([startInProcess(), launch()])
      await api('PUT', '/v1/channels/sealed/protection', encrypted)
      await Promise.all(['news', 'sealed'].map(feed))
      page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
      await page.goto(`${house.outputs['ConsoleUrl']}/#token=${house.outputs['OperatorToken']}`)
    }, 2 * patience)
    afterAll(async () => {
      await browser?.close()
      await house?.stop()
    })

    it('are made of what came last; what the API refuses is said with its advice', async () => {
      await open('news')
      await section().getByText('No programmes yet').waitFor()
      const form = await ask('morning')
      const [from, to] = await Promise.all(
        ['From', 'To'].map(async (name) =>
          Date.parse(await form.getByLabel(name, { exact: true }).inputValue()),
        ),
      )
      const seconds = ((to ?? 0) - (from ?? 0)) / 1000
      expect(seconds).toBeGreaterThan(feedSeconds - 2 * segmentSeconds)
      expect(seconds).toBeLessThanOrEqual(feedSeconds)
      await form.getByLabel('Title').fill('Morning News')
      await form.getByLabel('Ad breaks').selectOption('replace')
      await form.getByLabel(/^Assets in their place/).fill('no-spot')
      await form.getByRole('button', { name: 'Make it' }).click()
      await form.getByRole('alert').getByText('ASSET_NOT_READY').waitFor()
      await form.locator('[data-advice=ASSET_NOT_READY]').waitFor()
      await form.getByLabel('Ad breaks').selectOption('remove')
      await form.getByRole('button', { name: 'Make it' }).click()
      await form.waitFor({ state: 'detached' })
      const listed = row('morning')
      await listed.getByText('Morning News').waitFor()
      await listed.getByText('breaks removed').waitFor()
      await listed.getByText(/^plays until 2/).waitFor()
      const again = await ask('morning')
      await again.getByRole('button', { name: 'Make it' }).click()
      await again.getByText('there is a programme morning already').waitFor()
      await page.keyboard.press('Escape')
    })

    it('are changed, and each part of the form is left as it was said', async () => {
      await row('morning').getByRole('button', { name: 'Change' }).click()
      const form = page.getByRole('dialog')
      expect(await form.getByLabel('Ad breaks').inputValue()).toBe('remove')
      const before = await morning()
      await form
        .getByLabel('Title')
        .fill('A title that is as long as a line of a small screen, and then some more')
      await form.getByRole('button', { name: 'Save' }).click()
      await form.waitFor({ state: 'detached' })
      const { from, to, breaks } = await morning()
      expect({ from, to, breaks }).toEqual({ from: before.from, to: before.to, breaks: 'remove' })
    })

    it.each([360, 390])('stay within a window of %i pixels, the form too', async (width) => {
      await page.setViewportSize({ width, height: 800 })
      await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBe(width)
      const form = await ask('evening')
      await form.getByLabel('Ad breaks').selectOption('replace')
      expect(await form.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0)
      await page.keyboard.press('Escape')
      await row('morning').getByRole('link', { name: 'Play' }).click()
      await page.getByLabel('HLS', { exact: true }).waitFor()
      await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBe(width)
      await page.setViewportSize({ width: 1280, height: 900 })
      await open('news')
    })

    it('play in three players', async () => {
      await row('morning').getByRole('link', { name: 'Play' }).click()
      await playing()
      expect(await page.getByLabel('HLS', { exact: true }).inputValue()).toBe(
        `${house.outputs['PlaybackUrl']}/presentations/news.morning/index.m3u8`,
      )
    })

    it('play by Clear Key where their channel is protected', async () => {
      await open('sealed')
      const form = await ask('morning')
      await form.getByRole('button', { name: 'Make it' }).click()
      await row('morning').getByRole('link', { name: 'Play' }).click()
      await playing()
      expect(await page.getByLabel('HLS', { exact: true }).inputValue()).toMatch(
        /\/s\/[^/]+\/presentations\/sealed\.morning\/index\.m3u8$/,
      )
    })

    it('go once their id is typed', async () => {
      await open('news')
      await row('morning').getByRole('button', { name: 'Delete' }).click()
      const dialog = page.getByRole('dialog', { name: /^Delete A title/ })
      const go = dialog.getByRole('button', { name: 'Delete' })
      expect(await go.isDisabled()).toBe(true)
      await dialog.getByLabel(/^Type its id/).fill('morning')
      await go.click()
      await section().getByText('No programmes yet').waitFor()
      await page.goto(`${house.outputs['ConsoleUrl']}/#/channels/news/programmes/morning`)
      await page.getByRole('alert').getByText('PROGRAMME_NOT_FOUND').waitFor()
    })
  },
)

const section = () => page.getByRole('region', { name: 'Programmes' })
const row = (id: string) => section().locator(`[data-programme="${id}"]`)

async function open(channelId: string): Promise<void> {
  await page.goto(`${house.outputs['ConsoleUrl']}/#/channels/${channelId}`)
  await section().waitFor()
}

/** The form of a new one, with its times as they are offered. */
async function ask(id: string) {
  await section().getByRole('button', { name: 'Make a film of this' }).click()
  const form = page.getByRole('dialog')
  await form.getByLabel(/^Id/).fill(id)
  return form
}

async function playing(): Promise<void> {
  for (const name of ['hls.js', 'Shaka', 'dash.js']) {
    const pane = page.locator(`[data-player="${name}"]`)
    await expect
      .poll(() => pane.locator('[data-figure=picture]').textContent(), { timeout: patience })
      .toBe('128×72')
    expect(await pane.getByRole('alert').count(), name).toBe(0)
  }
}

async function feed(channelId: string): Promise<void> {
  await api('PUT', `/v1/channels/${channelId}`, { segmentSeconds })
  for (const { path, bytes } of writtenBy('ts', feedSeconds))
    await house.upload(`live/${channelId}/${path}`, bytes)
  await vi.waitFor(
    async () => {
      const { since, through } = (await api(
        'GET',
        `/v1/channels/${channelId}/timeline`,
      )) as ShownChannelTimeline
      const seconds = (Date.parse(through ?? '') - Date.parse(since ?? '')) / 1000
      expect(seconds).toBeGreaterThan(feedSeconds - segmentSeconds)
    },
    { timeout: patience, interval: 250 },
  )
}

const morning = async () => (await api('GET', '/v1/channels/news/programmes/morning')) as Programme

async function api(method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${house.outputs['ApiUrl']}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${house.outputs['OperatorToken']}`,
      'content-type': 'application/json',
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  return await response.json()
}
