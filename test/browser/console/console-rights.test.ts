/** The console over a film's protection: put on, looked at, played, rotated, asked for, taken off. In a real Chromium. */
import { readFileSync } from 'node:fs'
import type { Browser, Page, Route } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { request } from '../../formats/cpix/requests.ts'
import { settled } from '../../house/assets.ts'
import { ffmpegMissing, smallDemoFilm } from '../../house/ffmpeg.ts'
import { type InProcess, startInProcess } from '../../house/in-process.ts'
import { browserMissing, launch } from '../chromium.ts'

const missing = browserMissing ?? ffmpegMissing
let headend: InProcess
let browser: Browser
let page: Page
let faults: string[] = []

const film = 'big-buck-bunny'
/** Nobody says how fast the machine is: only a test that fails takes so long. */
const patience = 60_000
const names = ['hls.js', 'Shaka', 'dash.js']

describe.skipIf(missing !== undefined)(
  `the console of rights ${missing ?? ''}`,
  { timeout: 4 * patience },
  () => {
    beforeAll(async () => {
      ;[headend, browser] = await Promise.all([startInProcess(), launch()])
      await headend.upload(`vod/${film}.mp4`, readFileSync(smallDemoFilm()))
      await settled(headend, film)
    })
    afterAll(async () => {
      await browser?.close()
      await headend?.stop()
    })
    afterEach(() => page?.context().close())

    it('protects a film that plays: its clear URLs end, and it plays in three players by Clear Key', async () => {
      await open()
      await playing(3)
      const clear = await page.getByLabel('URL', { exact: true }).inputValue()
      expect((await fetch(clear, { method: 'HEAD' })).status).toBe(200)
      await page.getByRole('button', { name: 'Protect', exact: true }).click()
      const effects = page.getByRole('status', { name: 'What will happen' })
      expect(await effects.textContent()).toMatch(/Clear URLs of this film answer 403.*interrupted/)
      await page.getByLabel('cbcs', { exact: true }).uncheck()
      await page.getByLabel('FairPlay', { exact: true }).check()
      expect(await effects.textContent()).toContain('FairPlay takes cbcs alone')
      expect(await page.getByRole('button', { name: 'Protect the film' }).isDisabled()).toBe(true)
      await page.getByLabel('FairPlay', { exact: true }).uncheck()
      await page.getByLabel('cbcs', { exact: true }).check()
      await page.getByRole('button', { name: 'Protect the film' }).click()
      await panel('encrypted').waitFor()
      await decrypting('period 0, all tracks')
      const url = await page.getByLabel('URL', { exact: true }).inputValue()
      expect(url).toMatch(/\/s\/[^/]+\/media\/cenc-ALL-0\/vod\//)
      expect((await fetch(url)).status).toBe(200)
      // One that no cache has: nobody asked for key frames.
      const unseen = clear.replace('/video-1/', '/video-1-trick/')
      expect((await fetch(unseen)).status).toBe(403)
      const shell = await page.getByLabel('Shell', { exact: true }).inputValue()
      expect(shell).toMatch(/^curl -s 'http.*\/s\/[^/]+\/vod\/big-buck-bunny\/index\.m3u8'$/)
      expect(await (await fetch(shell.slice(9, -1))).text()).toContain('#EXT-X-SESSION-KEY')
    })

    it('plays the scheme one chooses, in HLS and in DASH', async () => {
      await open()
      await decrypting('period 0, all tracks')
      for (const scheme of ['cbcs', 'cenc']) {
        await page.getByLabel('Scheme').selectOption(scheme)
        await decrypting('period 0, all tracks')
        const { hls, dash } = {
          hls: await page.getByLabel('HLS', { exact: true }).inputValue(),
          dash: await page.getByLabel('DASH', { exact: true }).inputValue(),
        }
        expect([hls, dash].map((one) => new URL(one).searchParams.get('scheme'))).toEqual([scheme, scheme])
      }
      await page.getByLabel('Shaka manifest').selectOption('hls')
      await decrypting('period 0, all tracks')
      expect(faults).toEqual([])
    })

    it('ends a key period once, however often it is asked, and shows the next', async () => {
      await open()
      await page.getByRole('button', { name: 'Rotate now' }).click()
      const group = page.getByRole('group', { name: 'Rotate now?' })
      expect(await group.textContent()).toMatch(/Key period 0 will end now.*two days/)
      await page.keyboard.press('Escape')
      expect(await group.count()).toBe(0)
      await page.getByRole('button', { name: 'Rotate now' }).click()
      await page.getByRole('button', { name: 'End key period 0' }).dblclick()
      await page.locator('tr[data-period="1"][data-state="in force"]').waitFor()
      await page.locator('tr[data-period="0"][data-state="over, still licensed"]').waitFor()
      expect(await page.locator('tr[data-period]').count()).toBe(2)
      await expect.poll(() => page.locator('[data-keys]').getAttribute('data-period')).toBe('1')
      await decrypting('period 1, all tracks')
      expect(faults).toEqual([])
    })

    it('draws the periods of keys that change, and says which one plays', async () => {
      await open()
      const keys = () => page.locator('[data-keys]').getAttribute('data-keys')
      await expect.poll(keys).not.toBeNull()
      // A new try finds it changed.
      if ((await keys()) !== '3') {
        await page.getByRole('button', { name: 'Change', exact: true }).click()
        await page.getByLabel('one each for sound, SD, HD, UHD').check()
        await page.getByLabel('New key every (seconds)').fill('12')
        await page.getByRole('button', { name: 'Change the protection' }).click()
        await expect.poll(keys).toBe('3')
      }
      // SD where the player finds the machine slow.
      await decrypting('period 2, [SH]D')
      await page.evaluate("document.querySelectorAll('video').forEach((video) => { video.currentTime = 13 })")
      await decrypting('period 3, [SH]D', 14)
      await expect.poll(() => page.locator('[data-keys]').getAttribute('data-period')).toBe('3')
      expect(faults).toEqual([])
    })

    it('lists who asked for keys', async () => {
      await open()
      await page.getByText('nobody but our own packager and players').waitFor()
      const answer = await fetch(`${headend.outputs['SpekeBasicUrl']}/speke/v2.0/copyProtection`, {
        method: 'POST',
        headers: {
          'content-type': 'application/xml',
          'x-speke-version': '2.0',
          authorization: headend.outputs['SpekeAuthorization'] ?? '',
        },
        body: request({ root: `contentId="vod/${film}" version="2.3"` }),
      })
      expect(answer.status).toBe(200)
      await playing(3)
      await page.evaluate(`window.restarts = 0; for (const video of document.querySelectorAll('video'))
        video.addEventListener('emptied', () => { window.restarts++ })`)
      await page.getByRole('button', { name: 'Look again' }).click()
      const asked = page.locator('[data-asker=packager]')
      await asked.waitFor()
      expect(await asked.textContent()).toMatch(/speke.*[0-9a-f]{32}/)
      // To look is not to play anew.
      await playing(3, 3)
      expect(await page.evaluate('window.restarts')).toBe(0)
    })

    it('shows why a licence is refused, and what to do', async () => {
      await open({ tokens: { ttlSeconds: 1 } })
      // Longer than the token lives, however fast the players are.
      for (const name of names) {
        const pane = page.locator(`[data-player="${name}"]`)
        await pane.locator('.fatal').first().waitFor({ timeout: patience })
        expect(await pane.textContent(), name).toContain(
          'LICENCE_EXPIRED: the permission to play has expired',
        )
        await pane.locator('[data-advice=LICENCE_EXPIRED]').waitFor()
      }
    })

    it('says in words that this browser has no such DRM', async () => {
      await api('PUT', `/v1/assets/${film}/protection`, {
        mode: 'encrypted',
        schemes: ['cbcs'],
        systems: ['playready', 'fairplay'],
      })
      await open()
      await page
        .getByText('This film needs PlayReady or FairPlay, which this browser does not have')
        .waitFor()
      expect(await page.locator('video').count()).toBe(0)
      await expect.poll(() => page.getByLabel('HLS', { exact: true }).inputValue()).toContain('/s/')
    })

    it.each([1280, 390])('keeps protection within a window of %i pixels', async (width) => {
      await open({ width })
      await page.locator('tr[data-period]').first().waitFor()
      await page.getByRole('button', { name: 'Change', exact: true }).click()
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    })

    it('takes the protection off, and the film plays in the clear again', async () => {
      await open()
      await panel('encrypted').waitFor()
      // An answer from before the change, which comes after it.
      const held = Promise.withResolvers<void>()
      const look = async (route: Route) => {
        const response = await route.fetch()
        await held.promise
        await route.fulfill({ response })
      }
      await page.route(`**/v1/assets/${film}/protection/asks`, look, { times: 1 })
      await page.getByRole('button', { name: 'Look again' }).click()
      await page.getByRole('button', { name: 'Change', exact: true }).click()
      await page.getByLabel('in the clear').check()
      await page.getByText('Anybody who knows its URL can watch and copy this film').waitFor()
      await page.getByRole('button', { name: 'Take the protection off' }).click()
      await panel('none').waitFor()
      const late = page.waitForResponse((response) => response.url().endsWith('/asks'))
      held.resolve()
      await (await late).finished()
      await playing(3)
      expect(await panel('encrypted').count()).toBe(0)
      expect(await page.locator('[data-figure=drm]').count()).toBe(0)
      const clear = await page.getByLabel('URL', { exact: true }).inputValue()
      expect(clear).toContain('/media/clear/')
      expect((await fetch(clear)).status).toBe(200)
      await page.getByRole('button', { name: 'Protect', exact: true }).click()
      await page.getByLabel('as the default of vod/ says').check()
      await page.getByText('takes over what the default of vod/ is now').waitFor()
      await page.getByRole('button', { name: 'Take the default over' }).click()
      await page.getByText('The protection is off.').waitFor()
    })

    it('sets what new films have', async () => {
      await open({ at: '' })
      const panelOfDefault = page.locator('[data-default]')
      await expect.poll(() => panelOfDefault.getAttribute('data-default')).toBe('none')
      await page.getByRole('button', { name: 'Change the default' }).click()
      await page.getByText('Films that are there keep the protection they have').waitFor()
      await page.getByRole('button', { name: 'Protect new films' }).click()
      await expect.poll(() => panelOfDefault.getAttribute('data-default')).toBe('encrypted')
      expect(await api('GET', '/v1/protection/vod')).toMatchObject({
        mode: 'encrypted',
        systems: ['clearkey'],
      })
      await page.getByRole('button', { name: 'Change the default' }).click()
      await page.getByLabel('in the clear').check()
      await page.getByRole('button', { name: 'Take new films in unprotected' }).click()
      await expect.poll(() => panelOfDefault.getAttribute('data-default')).toBe('none')
      expect(faults).toEqual([])
    })
  },
)

const panel = (mode: string) => page.locator(`.protection[data-mode=${mode}]`)

async function api(method: string, path: string, body?: object): Promise<unknown> {
  const { ApiUrl, OperatorToken } = headend.outputs
  const response = await fetch(`${ApiUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${OperatorToken}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  return response.json()
}

/** A new window on a film; `tokens` changes what the page asks of its playback token. */
async function open({
  at = `assets/${film}`,
  width = 1280,
  tokens,
}: {
  readonly at?: string
  readonly width?: number
  readonly tokens?: object
} = {}): Promise<void> {
  const context = await browser.newContext({ viewport: { width, height: 900 } })
  page = await context.newPage()
  faults = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    // A private window's small cache may drop what three players share; they ask again.
    if (message.type() === 'error' && !message.text().includes('ERR_CACHE_WRITE_FAILURE'))
      faults.push(message.text())
  })
  if (tokens)
    await page.route('**/v1/tokens', async (route) => {
      const response = await route.fetch({
        postData: JSON.stringify({ ...(route.request().postDataJSON() as object), ...tokens }),
      })
      // Given to the page once it is over.
      await new Promise((resolve) => setTimeout(resolve, 1500))
      await route.fulfill({ response })
    })
  const { ConsoleUrl, OperatorToken } = headend.outputs
  await page.goto(`${ConsoleUrl}/#token=${OperatorToken}&${at}`)
}

const moved = (after: number) => `[...document.querySelectorAll('video')].filter((video) =>
    video.currentTime > ${after} && video.getVideoPlaybackQuality().totalVideoFrames > 20 && !video.error).length`

/** Resolves once as many players have moved on. */
async function playing(count: number, after = 1): Promise<void> {
  await expect.poll(() => page.evaluate(moved(after)), { timeout: patience }).toBeGreaterThanOrEqual(count)
}

/** Resolves once all three play, and each says with which DRM and key: all at once, for periods are short. */
async function decrypting(key: string, after = 1): Promise<void> {
  const shown = new RegExp(`^[0-9a-f]{32} ${key}$`)
  await Promise.all(
    names.map(async (name) => {
      const pane = page.locator(`[data-player="${name}"]`)
      await expect
        .poll(() => pane.locator('[data-figure=kid]').allTextContents(), { timeout: patience, message: name })
        .toContainEqual(expect.stringMatching(shown))
      await expect
        .poll(() => pane.locator('[data-figure=drm]').textContent(), { timeout: patience })
        .toBe('org.w3.clearkey')
    }),
  )
  await playing(3, after)
}
