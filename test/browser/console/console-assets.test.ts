/** The console as an operator keeps house with it: finds assets, names them, sends a film with what goes with it, deletes. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ffmpegMissing, smallDemoFilm } from '../../house/ffmpeg.ts'
import { type Headend, startHeadend } from '../../house/headend.ts'
import { browserMissing, launch } from '../chromium.ts'

let headend: Headend
let browser: Browser
let page: Page
const scratch = mkdtempSync(join(tmpdir(), 'headend-console-'))
const missing = browserMissing ?? ffmpegMissing

describe.skipIf(missing !== undefined)(`the console's assets ${missing ?? ''}`, () => {
  beforeAll(async () => {
    ;[headend, browser] = await Promise.all([startHeadend({ empty: true }), launch()])
    page = await browser.newPage({ viewport: { width: 360, height: 740 } })
    const { ConsoleUrl, OperatorToken } = headend.outputs
    await page.goto(`${ConsoleUrl}/#token=${OperatorToken}`)
    await page.getByRole('heading', { name: 'No assets yet' }).waitFor()
  })
  afterAll(async () => {
    await browser?.close()
    await headend?.stop()
    rmSync(scratch, { recursive: true, force: true })
  })

  it('send a film with its subtitles as one, and another that fails beside it', async () => {
    cpSync(smallDemoFilm(), join(scratch, 'harbour.mp4'))
    file('harbour.xx.srt', '1\n00:00:00,500 --> 00:00:09,000\nGrüße\n')
    file('harbour.en.vtt', 'WEBVTT\n\n00:00:00.500 --> 00:00:09.000\nHello\n')
    file('broken.mp4', 'no film')
    const names = ['harbour.mp4', 'harbour.xx.srt', 'harbour.en.vtt', 'broken.mp4']
    await page.getByLabel('Choose films to upload').setInputFiles(names.map((name) => join(scratch, name)))
    const plan = page.getByRole('dialog', { name: 'Upload 2 films' })
    await plan.locator('[data-plan=harbour] [data-planned="harbour.en.vtt"]').waitFor()
    await expect.poll(() => plan.getByLabel('Language of harbour.en.vtt').inputValue()).toBe('en')
    const language = plan.getByLabel('Language of harbour.xx.srt')
    await language.fill('no language')
    expect(await plan.getByRole('button', { name: 'Upload', exact: true }).isDisabled()).toBe(true)
    await language.fill('de')
    expect(await isWithinWindow()).toBe(true)
    await plan.getByRole('button', { name: 'Upload', exact: true }).click()
    await page.locator('[data-group=harbour][data-outcome=ready]').waitFor({ timeout: 60_000 })
    await page.locator('[data-upload="broken.mp4"][data-outcome=failed]').waitFor({ timeout: 60_000 })
    const asset = await api('GET', 'harbour')
    const texts = asset.tracks.filter(({ type }) => type === 'text')
    expect(new Set(texts.map((text) => text.language))).toEqual(new Set(['de', 'en']))
  })

  it('are named in place, indexed again, and say what they are made of', async () => {
    await page.locator('[data-group=harbour]').getByRole('link', { name: 'Play' }).click()
    await page.getByRole('button', { name: 'Rename harbour' }).click()
    await page.getByLabel('Title of harbour').fill('The Harbour at Night')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'The Harbour at Night' }).waitFor()
    const made = page.getByRole('region', { name: 'Sources and versions' })
    await made.getByText('vod/harbour/harbour.de.srt').waitFor()
    const before = (await api('GET', 'harbour')).version
    await page.getByRole('button', { name: 'Index again' }).click()
    await expect.poll(async () => (await api('GET', 'harbour')).version).not.toBe(before)
    const after = (await api('GET', 'harbour')).version
    await made.locator(`[data-version="${after}"]`).getByText('plays').waitFor()
    await page.getByRole('button', { name: /^Rename/ }).click()
    await page.keyboard.press('Escape')
    await page.getByRole('heading', { name: 'The Harbour at Night' }).waitFor()
    expect(await isWithinWindow()).toBe(true)
  })

  it('are found by title and state, in an address that reload and Back keep', async () => {
    await page.getByRole('link', { name: 'All assets', exact: true }).click()
    await page.getByRole('searchbox').fill('harbour AT')
    await expect.poll(shown).toEqual(['harbour'])
    expect(page.url()).toMatch(/#\/\?q=harbour\+AT$/)
    await page.reload()
    await expect.poll(shown).toEqual(['harbour'])
    await page.getByLabel('State').selectOption('failed')
    await page.getByRole('heading', { name: 'Nothing found' }).waitFor()
    await page.goBack()
    await expect.poll(shown).toEqual(['harbour'])
    expect(await page.getByLabel('State').inputValue()).toBe('')
    await page.goForward()
    await page.getByRole('button', { name: 'Clear filter' }).first().click()
    await page.getByLabel('Sort by').selectOption('title')
    await expect.poll(shown).toEqual(['broken', 'harbour'])
    expect(await isWithinWindow()).toBe(true)
  })

  it('go once that is meant: one that failed at a click, one that plays by its id, and where it broke off again', async () => {
    await page.getByRole('button', { name: 'Delete broken' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
    await page.getByText('Deleted broken: 1 upload, 0 versions').waitFor()
    await expect.poll(shown).toEqual(['harbour'])
    await row('harbour').getByRole('link', { name: 'Play' }).click()
    const opener = page.getByRole('button', { name: 'Delete' })
    await opener.click()
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await expect.poll(() => opener.evaluate((button) => button.matches(':focus'))).toBe(true)
    await opener.click()
    const ask = page.getByRole('dialog', { name: 'Delete The Harbour at Night?' })
    await ask
      .getByText('2 versions')
      .or(ask.getByText(/\d versions/))
      .first()
      .waitFor()
    const go = ask.getByRole('button', { name: /^Delete( again)?$/ })
    expect(await go.isDisabled()).toBe(true)
    await ask.getByLabel(/^It plays/).fill('harbour')
    const answers = [503, 409]
    await page.route('**/v1/assets/harbour*', (route) => {
      const code = answers[0] === 503 ? 'SERVICE_BUSY' : 'ASSET_IN_USE'
      const status = route.request().method() === 'DELETE' ? answers.shift() : undefined
      if (status === undefined) return route.continue()
      const headers = { 'access-control-allow-origin': '*' }
      return route.fulfill({ status, headers, json: { error: { code, message: 'shown by evening' } } })
    })
    await go.click()
    await ask.getByText('delete again, and it goes on').waitFor()
    await go.click()
    await ask.getByLabel('Delete it all the same').check()
    await go.click()
    await page.getByText(/^Deleted The Harbour at Night: 3 uploads, \d+ versions$/).waitFor()
    await page.getByRole('heading', { name: 'No assets yet' }).waitFor()
  })
})

const row = (id: string) => page.locator(`[data-asset="${id}"]`)
const file = (name: string, text: string): void => writeFileSync(join(scratch, name), text)
const isWithinWindow = () => page.evaluate('document.documentElement.scrollWidth <= innerWidth')

/** Ids in the list, in its order. */
const shown = () =>
  page.locator('[data-asset]').evaluateAll((rows) => rows.map((one) => one.dataset['asset']))

interface Shown {
  readonly version?: string
  readonly tracks: readonly { readonly type: string; readonly language?: string }[]
}

async function api(method: string, assetId: string): Promise<Shown> {
  const { ApiUrl, OperatorToken } = headend.outputs
  const headers = { authorization: `Bearer ${OperatorToken}` }
  return (await (await fetch(`${ApiUrl}/v1/assets/${assetId}`, { method, headers })).json()) as Shown
}
