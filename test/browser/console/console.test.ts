/** The console as a newcomer uses it: sign in by the link, watch, upload, watch that. In a real Chromium. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Timeline } from '../../../lib/assets/api/schemas.ts'
import { decodeColumns } from '../../../lib/timeline/stored-columns.ts'
import { type Headend, startHeadend } from '../../house/headend.ts'
import { demoFilm } from '../../house/media.ts'
import { browserMissing, launch } from '../chromium.ts'

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

  it.each([
    '#/assets/%E0%A4%A',
    '#/films',
    '#/assets/a%2Fb',
    '#/assets/..',
    '#/%00',
    `#/${'x'.repeat(5000)}`,
  ])('says of %.20s that there is no such page, and leads back', async (hash) => {
    await open()
    await row('big-buck-bunny').waitFor()
    await page.goto(`${headend.outputs['ConsoleUrl']}/${hash}`)
    await page.getByRole('heading', { name: 'There is no page here' }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'There is no page here' }).waitFor()
    await page.getByRole('main').getByRole('link', { name: 'All assets' }).click()
    await row('big-buck-bunny').waitFor()
    expect(faults).toEqual([])
  })

  it('asks for a token where the link brings one that nobody can read', async () => {
    await open({ signedIn: false })
    await page.goto(`${headend.outputs['ConsoleUrl']}/#token=%E0%A4%A`)
    await page.getByLabel('Operator token').waitFor()
    expect(faults).toEqual([])
  })

  it('loads no player before it is needed, and nothing from elsewhere at all', async () => {
    await open()
    await row('big-buck-bunny').waitFor()
    expect(asked.filter((url) => /\/(asset-page|hls|shaka|dash)-[^/]*\.js$/.test(url))).toEqual([])
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

  it('plays in hls.js where a segment is refused while its init segment is still under way', async () => {
    await open()
    let refused = 0
    // The others ask for the segment when they have what it begins with.
    await page.route('**/video-1/*.m4s', async (route) => {
      if (refused > 0) return route.continue()
      refused++
      return route.fulfill({ status: 503, headers: { 'access-control-allow-origin': '*' }, body: '' })
    })
    await page.route('**/video-1/i-*.mp4', async (route) => {
      await sleep(3000)
      return route.continue()
    })
    await row('big-buck-bunny').getByRole('link', { name: 'Play' }).click()
    await page.locator('[data-player="hls.js"][data-state=playing]').waitFor()
    expect(refused).toBe(1)
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
    // Among many assets, whoever uploaded looks here first.
    expect(await page.locator('[data-upload="broken.mp4"]').textContent()).toMatch(
      /MP4_TRUNCATED.+cut off.+What to do:.+whole file/,
    )
  })

  it('says of an empty file what to do about it, and sends nothing', async () => {
    const empty = join(scratch, 'empty.mp4')
    writeFileSync(empty, '')
    await open()
    await row('big-buck-bunny').waitFor()
    await drop([empty])
    const upload = page.locator('[data-upload="empty.mp4"][data-outcome=failed]')
    await upload.waitFor()
    expect(await upload.textContent()).toMatch(/UPLOAD_EMPTY.+0 bytes.+export or copy it again/)
    expect(await upload.getByRole('button', { name: 'Retry' }).count()).toBe(0)
  })

  it('says of subtitles that its film plays without them, and why', async () => {
    const latin1 = join(scratch, 'de.srt')
    writeFileSync(latin1, Buffer.from('1\n00:00:01,000 --> 00:00:02,000\nGr\u00fc\u00dfe\n', 'latin1'))
    await open()
    await row('My-Own-Film').getByRole('link', { name: 'Play' }).click()
    await page.getByLabel(/^Add subtitles to My-Own-Film/).setInputFiles(latin1)
    const upload = page.locator('[data-upload="de.srt"][data-outcome=ready]')
    await upload.waitFor({ timeout: 60_000 })
    expect(await upload.textContent()).toMatch(/Left out: TEXT_ENCODING.+UTF-8/)
  })

  it('says what to do about a broken film, and takes a whole one in its place', async () => {
    await open()
    await expect.poll(() => row('broken').textContent()).toMatch(/MP4_TRUNCATED.+What to do:.+whole file/)
    await row('broken').getByRole('link', { name: 'broken' }).click()
    const problem = page.locator('[data-problem=MP4_TRUNCATED]')
    await problem.getByText('What to do:').waitFor()
    expect(await problem.textContent()).toMatch(/vod\/broken\.mp4.+3\.0 MB/)
    await page.getByLabel('Upload broken again').setInputFiles(demoFilm)
    await page.locator('[data-asset=broken][data-state=ready]').waitFor({ timeout: 60_000 })
    expect(await row('broken').textContent()).not.toContain('MP4_TRUNCATED')
    expect(faults).toEqual([])
  })

  it('draws the timeline: lanes to walk through, segments with their facts, a view to zoom', async () => {
    await open()
    await openDemo()
    const { tracks } = await apiTimeline('big-buck-bunny')
    const lanes = page.locator('[data-lane]')
    await expect.poll(() => lanes.count()).toBe(tracks.length)
    expect(await lanes.first().textContent()).toContain('1080p H.264')
    const drawing = page.getByRole('application', { name: `Timeline, ${tracks.length} tracks` })
    await drawing.focus()
    await page.keyboard.press('Home')
    await page.keyboard.press('ArrowRight')
    const [video] = tracks
    const [, second] = video?.segments ? decodeColumns(video.segments) : []
    if (!video || !second) throw new Error('the demo film: expected two segments of pictures')
    const fact = (name: string) => page.locator(`[data-segment=${name}]`).textContent()
    expect(await fact('number')).toBe(String(second.number))
    expect(await fact('duration')).toBe(`${(second.duration / video.timescale).toFixed(3)} s`)
    expect((await fact('bytes'))?.replaceAll(/\D/g, '')).toBe(String(second.bytes))
    const segment = await fetch(await page.getByLabel('URL', { exact: true }).inputValue())
    expect((await segment.arrayBuffer()).byteLength).toBe(second.bytes)
    expect(await page.getByRole('status').allTextContents()).toContainEqual(
      expect.stringMatching(/^1080p H\.264, segment \d+ of \d+, at 0:\d\d\.\d{3}, .+ key frame/),
    )
    await page.keyboard.press('+')
    const seen = async () =>
      Number(await drawing.getAttribute('data-to')) - Number(await drawing.getAttribute('data-from'))
    await expect.poll(seen).toBeCloseTo(30 / 1.6, 1)
    await page.getByRole('button', { name: 'All', exact: true }).click()
    await expect.poll(seen).toBeCloseTo(30, 1)
    await page.getByRole('button', { name: 'Pause all' }).click()
    await page.getByRole('button', { name: 'Play from here' }).click()
    const at = second.start / video.timescale
    await expect
      .poll(() => page.evaluate<number>("document.querySelector('video').currentTime"))
      .toBeGreaterThanOrEqual(at)
    expect(faults).toEqual([])
  })

  it('says of each track what it is', async () => {
    await open()
    await openDemo()
    const track = (id: string) => page.locator(`[data-track=${id}]`)
    await track('video-1').waitFor()
    expect(await track('video-1').textContent()).toMatch(
      /H\.264 High, level 4\.0.*avc1\.640028.*1920×1080.*24 frames\/s/,
    )
    expect(await track('audio-1').textContent()).toMatch(/AAC-LC.*mp4a\.40\.2.*5\.1.*48 kHz/)
    const init = await fetch((await track('video-1').getByRole('link').getAttribute('href')) ?? '')
    expect(init.status).toBe(200)
  })

  it('shows what a filter makes of the manifests, plays that, and gives it as a file of the same bytes', async () => {
    await open()
    await openDemo()
    const manifest = page.locator('pre.manifest')
    await expect.poll(() => manifest.textContent()).toContain('TYPE=AUDIO')
    await page.getByLabel('Channels from').fill('1')
    await page.getByLabel('Channels to').fill('2')
    const filter = page.getByLabel('aws.manifestfilter')
    expect(await filter.inputValue()).toBe('audio_channels:1-2')
    await expect.poll(() => manifest.textContent()).not.toContain('TYPE=AUDIO')
    await page.locator('[data-rendition=audio-1][data-left=false] del').waitFor()
    await page.locator('[data-rendition=video-1][data-left=true]').waitFor()
    const url = await page.getByLabel('HLS', { exact: true }).inputValue()
    expect(url).toContain('index.m3u8?aws.manifestfilter=audio_channels:1-2')
    const media = /^.*video-1\.m3u8$/m.exec((await manifest.textContent()) ?? '')?.[0] ?? ''
    for (const [file, address] of [
      ['index.m3u8', url],
      ['index.mpd', url.replace('index.m3u8', 'index.mpd')],
      ['video-1.m3u8', new URL(media, url).href],
    ] as const) {
      await page.getByLabel('Manifest', { exact: true }).selectOption(file)
      await expect.poll(() => manifest.getAttribute('data-loading')).toBe('false')
      const [got] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: `Download ${file}` }).click(),
      ])
      expect(got.suggestedFilename()).toBe(file)
      const direct = await fetch(address)
      expect(direct.status).toBe(200)
      expect(readFileSync(await got.path()).equals(Buffer.from(await direct.arrayBuffer()))).toBe(true)
    }
    await page.getByRole('button', { name: 'Play this choice' }).click()
    await page.getByText('The players have').waitFor()
    await expect
      .poll(() => asked.filter((one) => one.includes('index.mpd?aws.manifestfilter=')).length)
      .toBeGreaterThan(1)
    await playing(3)
    expect(faults).toEqual([])

    await filter.fill('audio_channels:two')
    const refused = page.getByRole('alert').filter({ hasText: 'FILTER_RANGE' })
    await refused.waitFor()
    expect(await refused.textContent()).toContain('audio_channels')
    expect(await filter.getAttribute('aria-invalid')).toBe('true')
  })

  it('never offers the manifest before under the name of the one just chosen', async () => {
    await open()
    await openDemo()
    const manifest = page.locator('pre.manifest')
    await expect.poll(() => manifest.textContent()).toContain('#EXTM3U')
    await page.evaluate(`
      window.offered = []
      const section = document.querySelector('section.document')
      new MutationObserver(() => {
        const { textContent, disabled } = section.querySelector('button')
        const text = section.querySelector('pre').textContent.slice(0, 5)
        if (!disabled) window.offered.push(textContent.trim() + ' ' + text)
      }).observe(section, { subtree: true, childList: true, characterData: true, attributes: true })
    `)
    await page.getByLabel('Manifest', { exact: true }).selectOption('index.mpd')
    await expect.poll(() => manifest.textContent()).toContain('<MPD')
    await expect.poll(() => page.evaluate('window.offered')).toContain('Download index.mpd <?xml')
    expect(await page.evaluate('window.offered')).not.toContain('Download index.mpd #EXTM')
  })

  it.each([1280, 390])('keeps an asset within a window of %i pixels', async (width) => {
    await open({ options: { viewport: { width, height: 800 } } })
    await openDemo()
    await page.locator('pre.manifest').waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
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

/** The demo film's page, its timeline loaded. */
async function openDemo(): Promise<void> {
  await row('big-buck-bunny').getByRole('link', { name: 'Play' }).click()
  await page.locator('[data-lane]').first().waitFor()
}

/** The timeline as the API gives it. */
async function apiTimeline(assetId: string): Promise<Timeline> {
  const { ApiUrl, OperatorToken } = headend.outputs
  const response = await fetch(`${ApiUrl}/v1/assets/${assetId}/timeline`, {
    headers: { authorization: `Bearer ${OperatorToken}` },
  })
  return (await response.json()) as Timeline
}

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
