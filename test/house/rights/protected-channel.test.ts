/** A channel whose keys change every ten seconds, from its encoder's segments to the bytes of players, as deployed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { segmentSeconds, writtenBy } from '../../channels/feeds.ts'
import { checkMpd } from '../../judges/dash/rules.ts'
import { checkMediaPlaylist } from '../../judges/hls/rules.ts'
import { protectionOf, samplesOf } from '../../judges/media/decrypt.ts'
import { ffmpegMissing } from '../ffmpeg.ts'
import { type InProcess, startInProcess } from '../in-process.ts'
import { askApi } from '../operator-api.ts'

const policy = {
  mode: 'encrypted',
  schemes: ['cenc', 'cbcs'],
  systems: ['clearkey'],
  keys: 'perType',
  rotationSeconds: 10,
}
const protection = '/v1/channels/news/protection'
const feedSeconds = 30

let house: InProcess
/** Of a session, up to the manifest's name. */
let root = ''

async function api<Answer>(method: string, path: string, body?: object): Promise<Answer> {
  const response = await askApi(house, method, path, body)
  const text = await response.text()
  expect(response.ok, `${method} ${path}: ${response.status} ${text}`).toBe(true)
  return (text === '' ? undefined : JSON.parse(text)) as Answer
}

const bytesOf = async (url: string): Promise<Buffer> => {
  const response = await fetch(url)
  expect(response.status, `${url} ${response.status === 200 ? '' : await response.clone().text()}`).toBe(200)
  return Buffer.from(await response.arrayBuffer())
}

/** Keys by kid, as a licence has them. */
async function licence(kids: readonly string[]): Promise<ReadonlyMap<string, Buffer>> {
  const { token } = await api<{ token: string }>('POST', '/v1/tokens', { content: 'live/news', account: 'a' })
  const response = await fetch(`${house.outputs['LicenceUrl']}/clearkey`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ kids: kids.map((kid) => Buffer.from(kid, 'hex').toString('base64url')) }),
  })
  const answer = (await response.json()) as { keys: { kid: string; k: string }[] }
  const hex = (text: string) => Buffer.from(text, 'base64url')
  return new Map(answer.keys.map(({ kid, k }) => [hex(kid).toString('hex'), hex(k)]))
}

interface Listed {
  readonly segment: string
  readonly init: string
  readonly kid: string
}

/** What the playlist of a rendition lists, with the key that holds there. */
async function listed(track: 'video' | 'audio', query = ''): Promise<readonly Listed[]> {
  const top = `${root}index.m3u8${query}`
  const multivariant = (await bytesOf(top)).toString()
  const uri =
    track === 'video'
      ? multivariant.split('\n').find((line) => line !== '' && !line.startsWith('#'))
      : /URI="([^"]+audio[^"]*\.m3u8)"/.exec(multivariant)?.[1]
  const url = new URL(uri ?? '', top).href
  const text = (await bytesOf(url)).toString()
  expect(checkMediaPlaylist(text), text).toEqual([])
  const all: Listed[] = []
  let [kid, init] = ['', '']
  for (const line of text.split('\n')) {
    const [, id] = /^#EXT-X-KEY:.*base64,([^"]+)"/.exec(line) ?? []
    if (id) kid = Buffer.from(id, 'base64').toString('hex')
    const [, map] = /^#EXT-X-MAP:URI="([^"]+)"/.exec(line) ?? []
    if (map) init = new URL(map, url).href
    if (line !== '' && !line.startsWith('#')) all.push({ segment: new URL(line, url).href, init, kid })
  }
  return all
}

const periodOf = ({ segment }: Listed): number => Number(/-(\d+)\/live\//.exec(segment)?.[1])
/** Where a period's first segment begins, in ticks. */
function firstOf(all: readonly Listed[], period: number): number {
  const first = all.find((one) => periodOf(one) === period)
  return Number(/\/(\d+)\.\d+\.m4s$/.exec(first?.segment ?? '')?.[1])
}

describe.skipIf(ffmpegMissing !== undefined)('a protected channel', () => {
  beforeAll(async () => {
    house = await startInProcess()
    await api('PUT', protection, policy)
    await api('PUT', '/v1/channels/news', { name: 'News', segmentSeconds })
    for (const { path, bytes } of writtenBy('ts', feedSeconds)) await house.upload(`live/news/${path}`, bytes)
    const session = await api<{ hls: string }>('POST', '/v1/sessions', {
      content: 'live/news',
      ttlSeconds: 600,
    })
    root = session.hls.replace(/index\.m3u8$/, '')
  })
  afterAll(() => house?.stop())

  it('shows nothing to who has no session', async () => {
    const url = `${house.outputs['PlaybackUrl']}/live/news/index.m3u8`
    await expect.poll(async () => (await fetch(`${root}index.m3u8`)).status, { timeout: 20_000 }).toBe(200)
    expect((await fetch(url)).status).toBe(403)
    expect((await fetch(url.replace('m3u8', 'mpd'))).status).toBe(403)
    await expect.poll(async () => (await listed('video')).length, { timeout: 20_000 }).toBeGreaterThan(8)
    const [one] = await listed('video')
    const open = one?.segment.replace(/\/s\/[^/]+/, '')
    expect((await fetch(open ?? '')).status).toBe(403)
    const clear = open?.replace(/media\/[^/]+/, 'media/clear')
    expect((await fetch(clear ?? '')).status).toBe(403)
  })

  it('changes its keys at one boundary in all renditions, and each opens its segments alone', async () => {
    // As far back as it goes.
    const query = `?start=${Math.floor(Date.now() / 1000) - 600}`
    const [video, audio] = [await listed('video', query), await listed('audio', query)]
    const periods = [...new Set(video.map(periodOf))]
    expect(periods.length).toBeGreaterThanOrEqual(3)
    expect(periods).toEqual([...new Set(audio.map(periodOf))])
    for (const period of periods.slice(1)) {
      const [v, a] = [firstOf(video, period) / 90_000, firstOf(audio, period) / 48_000]
      expect(Math.abs(v - a), `period ${period}`).toBeLessThan(0.1)
    }
    for (const all of [video, audio]) {
      const kids = [...new Set(all.map(({ kid }) => kid))]
      expect(kids).toHaveLength(periods.length)
      const keys = await licence(kids)
      for (const { segment, init, kid } of all) {
        const how = protectionOf(await bytesOf(init))
        expect(how).toMatchObject({ scheme: 'cbcs', kid })
        const samples = samplesOf(await bytesOf(segment), keys.get(kid) ?? Buffer.alloc(16), how)
        expect(samples.length).toBeGreaterThan(10)
      }
    }
  })

  it('has a licence of what is asked for and what follows, no further than five periods from now', async () => {
    const [{ kid } = { kid: '' }] = await listed('video', `?start=${Math.floor(Date.now() / 1000) - 600}`)
    const keys = await licence([kid])
    // Four labels; the period that was asked for, those since, and five.
    expect(keys.size % 4).toBe(0)
    expect(keys.size / 4).toBeGreaterThanOrEqual(6)
    expect(keys.size / 4).toBeLessThanOrEqual(7)
  })

  it('has a Period for each key in DASH, which begin where its keys do in HLS', async () => {
    const start = Math.floor(Date.now() / 1000) - 600
    const mpd = (await bytesOf(`${root}index.mpd?start=${start}`)).toString()
    expect(checkMpd(mpd), mpd).toEqual([])
    const periods = mpd.split('<Period').slice(1)
    const ids = periods.map((text) => Number(/media="[^"]*cenc-\w+-(\d+)\/live/.exec(text)?.[1]))
    const video = await listed('video', `?start=${start}`)
    expect(ids).toEqual([...new Set(video.map(periodOf))])
    const starts = periods.map((text) => /<S t="(\d+)"/.exec(text)?.[1])
    expect(starts).toEqual(ids.map((id) => `${firstOf(video, id)}`))
    const kids = new Set(mpd.match(/default_KID="[^"]+"/g))
    expect(kids.size).toBe(2 * ids.length)
  })

  it('has other keys from the next segment on after its operator retired them', async () => {
    const before = await api<{ keys: readonly { period: number }[] }>('GET', `${protection}/keys?limit=1`)
    const made = await api<{ period: number }>('POST', `${protection}/retire`, {})
    expect(made.period).toBeGreaterThan(before.keys[0]?.period ?? 0)
    expect(house.failures).toEqual([])
  })

  it('is in the clear when its operator says so, from what was shown before on, and not before', async () => {
    const url = `${house.outputs['PlaybackUrl']}/live/news/index.m3u8`
    expect((await fetch(url)).status).toBe(403)
    await api('PUT', protection, { mode: 'none' })
    await expect.poll(async () => (await fetch(url)).status, { timeout: 20_000, interval: 500 }).toBe(200)
    const text = (await bytesOf(url)).toString()
    expect(text).not.toContain('EXT-X-SESSION-KEY')
    expect(house.failures).toEqual([])
  })
})
