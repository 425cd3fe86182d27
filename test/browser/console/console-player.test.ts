/** What viewers choose in the console's players, and the player page in a frame of another site. In a real Chromium. */
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Frame, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { settled } from '../../house/assets.ts'
import { ffmpegFilm, ffmpegMissing } from '../../house/ffmpeg.ts'
import { type InProcess, startInProcess } from '../../house/in-process.ts'
import { browserMissing, launch } from '../chromium.ts'

const missing = browserMissing ?? ffmpegMissing
const patience = 60_000
const names = ['hls.js', 'Shaka', 'dash.js'] as const
const audio =
  '-f lavfi -i testsrc2=size=320x180:rate=25:duration=240 -f lavfi -i sine=frequency=440:sample_rate=48000:duration=240 ' +
  '-map 0 -map 1 -map 1 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 50 -c:a aac -b:a 48k ' +
  '-metadata:s:a:0 language=eng -metadata:s:a:1 language=deu'
const small =
  '-f lavfi -i testsrc2=size=160x90:rate=25:duration=240 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 50'
const protection = { mode: 'encrypted', schemes: ['cenc'], systems: ['clearkey'] }

let headend: InProcess
let browser: Browser
let page: Page
let site: Server
let frames = ''

describe.skipIf(missing !== undefined)(
  `choices and frames ${missing ?? ''}`,
  { timeout: 4 * patience },
  () => {
    beforeAll(async () => {
      ;[headend, browser] = await Promise.all([startInProcess(), launch()])
      site = createServer((_request, response) => {
        response
          .setHeader('content-type', 'text/html')
          .end(`<!doctype html><title>another site</title>${frames}`)
      })
      await new Promise<void>((resolve) => site.listen(0, 'localhost', resolve))
      const [film, low] = [readFileSync(ffmpegFilm(audio)), readFileSync(ffmpegFilm(small))]
      await put('film', { 'a.mp4': film, 'b.mp4': low, 'de.vtt': cues, 'en.vtt': cues }, {})
      await put('sealed', { 'a.mp4': film }, { protection })
      page = await browser.newPage()
      await page.goto(`${headend.outputs['ConsoleUrl']}/#token=${headend.outputs['OperatorToken']}`)
    })
    afterAll(async () => {
      await browser?.close()
      site?.close()
      await headend?.stop()
    })

    it('have quality, audio and subtitles in each player, which another manifest keeps', async () => {
      // Whoever tries again starts from the beginning, and the film is longer than all players are asked.
      await page.reload()
      await page.goto(`${headend.outputs['ConsoleUrl']}/#/assets/film`)
      for (const name of names) {
        const pane = page.locator(`[data-player="${name}"]`)
        for (const [kind, label] of [
          ['audio', 'German'],
          ['text', 'German'],
          ['video', '90p'],
        ] as const)
          await choose(pane.locator(`[data-menu=${kind}]`), label)
        await expect.poll(() => pane.locator('[data-figure=picture]').textContent(), late).toBe('160×90')
        await expect.poll(() => cuesShown(name), late).toEqual(['Guten Tag'])
      }
      // Keys choose nothing between two films: the menus are those of the first until the other is asked for.
      const other = page.waitForRequest(/\/film\/index\.m3u8/)
      await page.getByLabel('Shaka manifest').selectOption('hls')
      await other
      const pane = page.locator('[data-player=Shaka]')
      for (const kind of ['audio', 'text'] as const)
        await expect.poll(() => chosen(pane.locator(`[data-menu=${kind}]`)), late).toBe('German')
      await pane.locator('video').focus()
      await page.keyboard.press('c')
      await expect.poll(() => chosen(pane.locator('[data-menu=text]'))).not.toBe('German')
      await page.keyboard.press('f')
      await expect.poll(() => page.evaluate('document.fullscreenElement?.className')).toBe('stage')
      await page.keyboard.press('f')
    })

    it('stand in a frame of another site by code that holds no token, and the console does not', async () => {
      const clear = await codeOf('film')
      const sealed = await codeOf('sealed')
      const { ApiUrl, ConsoleUrl, OperatorToken = '' } = headend.outputs
      expect(clear + sealed).not.toContain(OperatorToken)
      const content = 'vod/sealed'
      const post = async (path: string, body: object): Promise<string> => {
        const headers = { authorization: `Bearer ${OperatorToken}`, 'content-type': 'application/json' }
        const response = await fetch(`${ApiUrl}${path}`, {
          method: 'POST',
          headers,
          body: JSON.stringify(body),
        })
        return ((await response.json()) as { token: string }).token
      }
      const session = await post('/v1/sessions', { content })
      const token = await post('/v1/tokens', { content, account: 'viewer', ttlSeconds: 600 })
      const opened = sealed.replace('SESSION', session).replace('TOKEN', token)
      frames = `${clear}${sealed}${opened}<iframe src="${ConsoleUrl}/"></iframe>`.replaceAll(
        'loading="lazy"',
        '',
      )
      const other = await browser.newPage()
      const complaints: string[] = []
      other.on('console', (message) => complaints.push(message.text()))
      await other.goto(`http://localhost:${(site.address() as AddressInfo).port}/`)
      const [first, second, third] = await Promise.all([0, 1, 2].map((place) => frameAt(other, place)))
      if (!first || !second || !third) throw new Error('expected a frame for each code')
      await second.getByRole('alert').getByText('This film is protected').waitFor()
      for (const frame of [first, third]) {
        await frame.getByRole('button', { name: 'Play the film' }).click()
        await expect.poll(() => movedOn(frame), late).toBe(true)
      }
      expect(complaints.join('\n')).toMatch(/Framing .*frame-ancestors 'none'/)
      await other.close()
    })
  },
)

/** The frame at a place of the page: `frames()` lists them as they were attached. */
async function frameAt(within: Page, place: number): Promise<Frame | undefined> {
  const element = await within.locator('iframe').nth(place).elementHandle()
  return (await element?.contentFrame()) ?? undefined
}

const late = { timeout: patience }
const cues = Buffer.from('WEBVTT\n\n00:00.100 --> 03:59.900\nGuten Tag\n')

async function put(id: string, files: Readonly<Record<string, Buffer>>, said: object): Promise<void> {
  for (const [name, body] of Object.entries(files)) await headend.upload(`vod/${id}/${name}`, body)
  const commit = JSON.stringify({ files: Object.keys(files), ...said })
  await headend.upload(`vod/${id}/asset.json`, Buffer.from(commit))
  await settled(headend, id)
}

/** Chooses what begins so, once it is there. */
async function choose(menu: Locator, label: string): Promise<void> {
  const option = menu.locator('option', { hasText: new RegExp(`^${label}`) })
  await option.waitFor({ state: 'attached', timeout: patience })
  await menu.selectOption(await option.getAttribute('value'))
}

const chosen = (menu: Locator) => menu.locator('option:checked').textContent()

/** Texts that stand over a player's video at the moment. */
const cuesShown = (name: string) =>
  page.evaluate(`[...document.querySelector('[data-player="${name}"] video').textTracks].flatMap((track) =>
    track.mode === 'showing' ? [...(track.activeCues ?? [])].map((cue) => cue.text) : [])`)

const movedOn = (frame: Frame) => frame.evaluate('document.querySelector("video").currentTime > 0.5')

/** The code that an asset's page gives. */
async function codeOf(id: string): Promise<string> {
  await page.goto(`${headend.outputs['ConsoleUrl']}/#/assets/${id}`)
  await page.getByRole('heading', { name: id }).waitFor()
  await page.getByRole('button', { name: 'Embed' }).click()
  const code = await page.getByRole('dialog').getByLabel('Code', { exact: true }).inputValue()
  await page.keyboard.press('Escape')
  return code
}
