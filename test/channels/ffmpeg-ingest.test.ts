/** FFmpeg sends to a channel by HTTP as it does by default: chunked, without a type, its password when asked for it. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { showDemoFilm } from '../../bin/local/demo-film.ts'
import { ffmpegMissing } from '../house/ffmpeg.ts'
import { type InProcess, startInProcess } from '../house/in-process.ts'
import { askApi } from '../house/operator-api.ts'
import { checkMediaPlaylist } from '../judges/hls/rules.ts'
import { playlistUris } from './feeds.ts'

const input =
  '-re -f lavfi -i testsrc2=s=128x72:r=25:d=9 -f lavfi -i sine=f=440:r=48000:d=9 -map 0:v -map 1:a -c:v libx264 -preset ultrafast -g 50 -keyint_min 50 -sc_threshold 0 -pix_fmt yuv420p -c:a aac'

describe.skipIf(ffmpegMissing !== undefined)('an encoder that sends by HTTP', () => {
  let house: InProcess
  const scratch = mkdtempSync(join(tmpdir(), 'headend-ingest-'))
  beforeAll(async () => {
    house = await startInProcess()
    // Nothing plays before a film is there.
    const signal = new AbortController().signal
    await showDemoFilm({ dataDir: scratch, outputs: house.outputs, signal, show: () => undefined })
  })
  afterAll(async () => {
    await house?.stop()
    rmSync(scratch, { recursive: true, force: true })
  })

  const channel = async (id: string) => {
    expect((await askApi(house, 'PUT', `/v1/channels/${id}`, { segmentSeconds: 2 })).status).toBe(200)
    const response = await askApi(house, 'POST', `/v1/channels/${id}/credentials`)
    return (await response.json()) as {
      readonly url: string
      readonly username: string
      readonly password: string
    }
  }
  const withPassword = ({ url, username, password }: Awaited<ReturnType<typeof channel>>): string =>
    url.replace('://', `://${username}:${password}@`)

  it.concurrent.each([
    ['ts', '-f hls -hls_time 2 -method PUT', 'live.m3u8'],
    [
      'persistent',
      '-f hls -hls_time 2 -hls_flags delete_segments -hls_list_size 2 -method PUT -http_persistent 1',
      'live.m3u8',
    ],
    ['fmp4', '-f hls -hls_time 2 -hls_segment_type fmp4 -method PUT', 'live.m3u8'],
    ['dash', '-f dash -seg_duration 2 -use_template 1 -use_timeline 1 -method PUT', 'live.mpd'],
  ])('%s plays when it was sent', async (id, output, name) => {
    const place = await channel(id)
    const words = `-v error ${input} ${output}`.split(' ')
    const { stderr } = await promisify(execFile)('ffmpeg', [...words, `${withPassword(place)}${name}`])
    const complaints = stderr.split('\n').filter((line) => line !== '' && !line.includes('Cannot use rename'))
    expect([complaints, house.failures]).toEqual([[], []])
    const root = `${house.outputs['PlaybackUrl']}/live/${id}/`
    // FFmpeg waits for no answer: its last requests may be on their way when it ends.
    const playlists = async (): Promise<readonly string[]> => {
      const uris = playlistUris(await (await fetch(`${root}index.m3u8`)).text())
      return Promise.all(uris.map(async (uri) => (await fetch(new URL(uri, root))).text()))
    }
    const counts = async () => (await playlists()).map((text) => (text.match(/#EXTINF/g)?.length ?? 0) >= 4)
    await vi.waitFor(async () => expect(await counts()).toEqual([true, true, true]), { timeout: 20_000 })
    for (const text of await playlists()) {
      expect(checkMediaPlaylist(text), text).toEqual([])
      expect(text).not.toContain('#EXT-X-GAP')
    }
  })

  it('dash with the password in a header plays in the words of docs/encoders.md', async () => {
    const { url, username, password } = await channel('header')
    const authorization = `Authorization: Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
    const output = '-f dash -seg_duration 2 -use_template 1 -use_timeline 1 -method PUT'
    await promisify(execFile)('ffmpeg', [
      ...`-v error ${input} ${output}`.split(' '),
      '-http_opts',
      `headers='${authorization}'`,
      `${url}live.mpd`,
    ])
    const shown = `${house.outputs['PlaybackUrl']}/live/header/index.m3u8`
    const count = async () => playlistUris(await (await fetch(shown)).text()).length
    await vi.waitFor(async () => expect(await count()).toBeGreaterThanOrEqual(2), { timeout: 20_000 })
  })

  it('is refused with another password, and told why', async () => {
    const { url, username } = await channel('closed')
    expect(url).toBe(`${house.outputs['IngestUrl']}/closed/`)
    const put = (headers: Record<string, string>) =>
      fetch(`${url}v1.ts`, { method: 'PUT', body: 'x', headers })
    const asked = await put({})
    expect([asked.status, asked.headers.get('www-authenticate')]).toEqual([
      401,
      'Basic realm="headend", charset="UTF-8"',
    ])
    const authorization = `Basic ${Buffer.from(`${username}:guess`).toString('base64')}`
    const refused = await put({ authorization })
    expect([refused.status, await refused.json()]).toMatchObject([
      403,
      { error: { code: 'FEED_CREDENTIALS' } },
    ])
  })

  it('is told by 413 that an object is too large for a function', async () => {
    const { url, username, password } = await channel('large')
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
    const statuses = []
    for (const megabytes of [5, 11]) {
      const body = new Uint8Array(megabytes * 2 ** 20)
      statuses.push((await fetch(`${url}v1.ts`, { method: 'PUT', body, headers: { authorization } })).status)
    }
    expect(statuses).toEqual([413, 413])
  })
})
