/** The console as an operator makes a channel with it, watches it and deletes it. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { segmentSeconds, writtenBy } from '../../channels/feeds.ts'
import { ffmpegMissing } from '../../house/ffmpeg.ts'
import { type InProcess, startInProcess } from '../../house/in-process.ts'
import { browserMissing, launch } from '../chromium.ts'

const missing = browserMissing ?? ffmpegMissing
let house: InProcess
let browser: Browser
let page: Page

describe.skipIf(missing !== undefined)(`the console's channels ${missing ?? ''}`, () => {
  beforeAll(async () => {
    ;[house, browser] = await Promise.all([startInProcess(), launch()])
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    await page.goto(`${house.outputs['ConsoleUrl']}/#token=${house.outputs['OperatorToken']}`)
  })
  afterAll(async () => {
    await browser?.close()
    await house?.stop()
  })

  it('are made in a dialog, which says what the API refuses and makes none that is there', async () => {
    await page.getByRole('link', { name: 'Channels' }).click()
    await page.getByRole('heading', { name: 'No channels yet' }).waitFor()
    const made = async (id: string) => {
      await page.getByRole('button', { name: 'New channel' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel(/^Id/).fill(id)
      await dialog.getByLabel('Name').fill('The News')
      await dialog.getByLabel(/^Segments/).fill('2')
      await dialog.getByRole('button', { name: 'Make it' }).click()
      return dialog
    }
    const refused = await made('no id')
    await refused.getByRole('alert').waitFor()
    await page.keyboard.press('Escape')
    await made('news')
    await page.getByRole('heading', { name: 'The News' }).waitFor()
    expect(page.url()).toMatch(/#\/channels\/news$/)
    expect(await page.getByLabel('Upload', { exact: true }).inputValue()).toBe('live/news/')
    await page.getByRole('link', { name: 'Channels' }).click()
    await page.locator('[data-channel=news]').getByText('48 h').waitFor()
    const again = await made('news')
    await again.getByText('there is a channel news already').waitFor()
    await page.keyboard.press('Escape')
  })

  it('play live in three players, and from further back', async () => {
    const manifest = `${house.outputs['PlaybackUrl']}/live/news/index.m3u8`
    const stopped = new AbortController()
    const feeding = feed(stopped.signal)
    await expect.poll(async () => (await fetch(manifest)).status).toBe(200)
    await page.goto(`${house.outputs['ConsoleUrl']}/#/channels/news`)
    for (const name of ['hls.js', 'Shaka', 'dash.js']) {
      const pane = page.locator(`[data-player="${name}"]`)
      await expect.poll(() => pane.locator('[data-figure=picture]').textContent()).toBe('128×72')
      expect(await pane.getByRole('alert').count(), name).toBe(0)
    }
    // Further than the first manifest of any of them reaches.
    const times = () =>
      page
        .locator('[data-player] video')
        .evaluateAll((all) => all.map((video) => Number(Reflect.get(video, 'currentTime'))))
    const began = await times()
    await expect
      .poll(async () => Math.min(...(await times()).map((now, i) => now - (began[i] ?? 0))), {
        timeout: 45_000,
      })
      .toBeGreaterThan(20)
    const hour = page.getByRole('region', { name: 'The last hour' })
    await hour.getByText('No breaks, no gaps.').waitFor()
    stopped.abort()
    await feeding
    await page.getByLabel('Play from').selectOption('5 minutes ago')
    expect(await page.getByLabel('HLS', { exact: true }).inputValue()).toMatch(/\?start=\d{10}$/)
  })

  it('are protected with keys that change, and play by Clear Key in all players, from further back, too', {
    timeout: 120_000,
  }, async () => {
    const clear = `${house.outputs['PlaybackUrl']}/live/news/index.m3u8`
    await page.getByRole('button', { name: 'Protect', exact: true }).click()
    expect(await page.getByLabel('Clear lead (seconds)').count()).toBe(0)
    await page.getByLabel('New key every (seconds)').fill('10')
    await page.getByRole('button', { name: 'Protect the channel' }).click()
    await page.locator('.protection[data-mode=encrypted]').waitFor()
    await page.locator('tr[data-state="in force"]').waitFor()
    await expect.poll(async () => (await fetch(clear)).status, { timeout: 20_000 }).toBe(403)
    await expect
      .poll(() => page.getByLabel('HLS', { exact: true }).inputValue(), { timeout: 30_000 })
      .toMatch(/\/s\/[^/]+\/live\/news\/index\.m3u8\?start=\d{10}$/)
    for (const name of ['hls.js', 'Shaka', 'dash.js']) {
      const pane = page.locator(`[data-player="${name}"]`)
      await expect
        .poll(() => pane.locator('[data-figure=picture]').textContent(), { timeout: 30_000 })
        .toBe('128×72')
      expect(await pane.getByRole('alert').count(), name).toBe(0)
    }
    await page.setViewportSize({ width: 360, height: 800 })
    await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBe(360)
    await page.setViewportSize({ width: 1280, height: 900 })
    await page.locator('.protection').getByRole('button', { name: 'Change' }).click()
    await page.getByLabel('in the clear').check()
    await page.getByRole('button', { name: 'Take the protection off' }).click()
    await page.locator('.protection[data-mode=none]').waitFor()
    await expect.poll(async () => (await fetch(clear)).status, { timeout: 20_000 }).toBe(200)
  })

  it('take what is sent by HTTP with a password that is shown once, until it is withdrawn', async () => {
    const section = page.getByRole('region', { name: 'Send by HTTP' })
    await section.getByRole('button', { name: 'New password' }).click()
    const value = (name: string) => section.getByLabel(name, { exact: true }).inputValue()
    const [url, username, password] = await Promise.all(['Send to', 'User name', 'Password'].map(value))
    expect([url, username]).toEqual([`${house.outputs['IngestUrl']}/news/`, 'news'])
    expect(await value('FFmpeg')).toContain(`-hls_time 2 -method PUT`)
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
    const probe = async () =>
      (await fetch(`${url}v.m3u8`, { method: 'PUT', headers: { authorization } })).status
    expect(await probe()).toBe(200)
    await page.reload()
    await section.getByRole('button', { name: 'New password' }).waitFor()
    expect(await section.getByLabel('Password', { exact: true }).count()).toBe(0)
    // A phone shows all of it without moving sideways.
    await page.setViewportSize({ width: 360, height: 800 })
    await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBe(360)
    await page.setViewportSize({ width: 1280, height: 900 })
    await section.getByRole('button', { name: 'Withdraw all' }).click()
    await section.getByText('All passwords are withdrawn').waitFor()
    expect(await probe()).toBe(403)
  })

  it('are changed, and go once their id is typed', async () => {
    await page.getByRole('button', { name: 'Change', exact: true }).first().click()
    await page.getByRole('dialog').getByLabel('Name').fill('Evening News')
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name: 'Evening News' }).waitFor()
    const ways = page.getByRole('dialog').getByLabel('HLS tells of breaks by')
    await page.getByRole('button', { name: 'Change' }).click()
    expect(await ways.inputValue()).toBe('daterange')
    await ways.selectOption('both')
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await ways.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Change' }).click()
    expect(await ways.inputValue()).toBe('both')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Delete' }).click()
    const ask = page.getByRole('dialog', { name: 'Delete Evening News?' })
    const go = ask.getByRole('button', { name: 'Delete' })
    expect(await go.isDisabled()).toBe(true)
    await ask.getByLabel(/^Type its id/).fill('news')
    await go.click()
    await page.getByRole('heading', { name: 'No channels yet' }).waitFor()
    await page.goto(`${house.outputs['ConsoleUrl']}/#/channels/news`)
    await page.getByRole('alert').getByText('CHANNEL_NOT_FOUND').waitFor()
  })
})

/** Segments as an encoder sends them, some at once and then in their time: players look for the live edge by the clock. */
async function feed(signal: AbortSignal): Promise<void> {
  const atOnce = 6
  for (const [i, { path, bytes }] of writtenBy('ts', 120).entries()) {
    if (signal.aborted) return
    await house.upload(`live/news/${path}`, bytes)
    if (i >= atOnce) await sleep(segmentSeconds * 1000, undefined, { signal }).catch(() => undefined)
  }
}
