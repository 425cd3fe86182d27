/**
 * Seven hours of a channel whose keys change: whatever window is looked at, and whenever, a segment has one key, a
 * Period one beginning, and all renditions and protocols say the same.
 */
import { describe, expect, it } from 'vitest'
import { takeObject } from '../../lib/channels/ingest/take-object.ts'
import { liveSource } from '../../lib/channels/source/live-source.ts'
import { respond } from '../../lib/delivery/index.ts'
import { HeadendError } from '../../lib/errors.ts'
import type { Policy } from '../../lib/rights/protection/policy.ts'
import { asItIs, type Change, policyOf, retired } from '../../lib/rights/publication/changes.ts'
import { publishProtection } from '../../lib/rights/publication/publish.ts'
import { checkMpd } from '../judges/dash/rules.ts'
import { checkMediaPlaylist } from '../judges/hls/rules.ts'
import { memoryRights } from '../rights/memory.ts'
import { memoryShelf } from '../rights/publication/memory-store.ts'
import { manifestPath, playlistUris } from './feeds.ts'
import { madeInits, secondsObject } from './hard-feed/made-feed.ts'
import { memoryFeed } from './hard-feed/memory-feed.ts'
import { virtualTime } from './hard-feed/virtual-time.ts'

const wholeHours = 7
const segmentSeconds = 15
const beginMs = Date.UTC(2026, 11, 1, 10, 20)
const id = 'live/news'
const isLost = (i: number): boolean => i % 400 === 300

const objectOf = secondsObject(segmentSeconds)

/** The kid of each segment a playlist lists, by the time it begins at. */
function kidsIn(text: string): ReadonlyMap<number, string> {
  const all = new Map<number, string>()
  let kid = ''
  for (const line of text.split('\n')) {
    kid = /^#EXT-X-KEY:.*base64,([^"]+)"/.exec(line)?.[1] ?? kid
    const [, number] = /\/(\d+)\.0\.m4s$/.exec(line) ?? []
    if (number) all.set(Number(number), kid)
  }
  return all
}

/** When each Period begins, by the wall clock in milliseconds: presentation time 0 is another in each window. */
function startsIn(mpd: string): ReadonlyMap<string, number> {
  const zero = Date.parse(/availabilityStartTime="([^"]+)"/.exec(mpd)?.[1] ?? '')
  const periods = mpd.matchAll(/<Period id="([^"]+)" start="PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?"/g)
  return new Map(
    [...periods].flatMap(([, period = '', h = 0, m = 0, seconds = 0]) =>
      // The first one of a window that has a beginning begins with it.
      Number.isNaN(zero) || period === '0-0'
        ? []
        : [[period, Math.round(zero + ((Number(h) * 60 + Number(m)) * 60 + Number(seconds)) * 1000)]],
    ),
  )
}

async function ran(rotationSeconds: number, hours = wholeHours) {
  const count = (hours * 3600) / segmentSeconds
  const policy: Policy = {
    mode: 'encrypted',
    schemes: ['cbcs'],
    systems: ['clearkey'],
    keys: 'shared',
    rotationSeconds,
  }
  const { now, sleep, at, run } = virtualTime(beginMs)
  const feed = memoryFeed({ now, sleep, channel: { segmentSeconds, windowSeconds: 48 * 3600 } })
  const rights = memoryRights(beginMs)
  const shelf = memoryShelf(undefined)
  const store = { ...shelf, onShow: () => Promise.resolve({ windowSeconds: 48 * 3600 }) }
  const publish = async <Result>(change: Change<Result>) => {
    rights.clock.nowMs = now()
    await publishProtection(rights.ports, id, { store, licenceUrl: 'https://licence.example', change })
  }
  const reader = {
    async current() {
      const protection = shelf.named.at(-1)
      return { version: 'live', ...(protection !== undefined && { protection }) }
    },
    object: async (key: string) => shelf.objects.get(key) ?? feed.textOf(key),
  }
  const sources = [liveSource({ live: feed.ports.live, now })]
  const get = async (path: string, query = '') => {
    const { status, body } = await respond(
      { method: 'GET', path: manifestPath(path), query },
      reader,
      sources,
    )
    expect(status, `${path}?${query} ${body}`).toBe(200)
    return body
  }
  const looks: { readonly video: string; readonly audio: string; readonly mpd: string }[] = []
  const look = async (query = '') => {
    const uris = playlistUris(await get('index.m3u8', query))
    const uriOf = (type: string): string => uris.find((uri) => uri.includes(type)) ?? ''
    looks.push({
      video: await get(uriOf('video')),
      audio: await get(uriOf('audio')),
      mpd: await get('index.mpd', query),
    })
  }
  for (const { path, bytes } of madeInits)
    await takeObject(feed.ports, { channelId: 'news', path, bytes, writtenMs: beginMs })
  at(beginMs + 7 * 60_000, () => publish(policyOf(policy)))
  // A sweep tells them again and again.
  for (let minutes = 12; minutes < hours * 60; minutes += 5)
    at(beginMs + minutes * 60_000, () => publish(asItIs))
  if (hours === wholeHours) at(beginMs + 200 * 60_000 + 7000, () => publish(retired()))
  for (let i = 0; i < count; i++) {
    const wallMs = beginMs + (i + 1) * segmentSeconds * 1000
    for (const [later, type] of (['video', 'audio'] as const).entries())
      if (!isLost(i))
        at(wallMs + 400 + 100 * later, () =>
          takeObject(feed.ports, { ...objectOf(type, i), writtenMs: wallMs }),
        )
    if (i > 40 && i % 37 === 0) at(wallMs + 3000, () => look())
    if (i > 40 && i % 111 === 0)
      at(wallMs + 4000, async () => {
        const seconds = Math.floor(now() / 1000)
        await look(`start=${Math.max(Math.ceil(beginMs / 1000) + 30, seconds - 3 * 3600)}`)
        await look(`start=${seconds - 1500}&end=${seconds - 700}`)
      })
  }
  await run()
  /** Of a function that has kept nothing. */
  const answer = async (path: string, query = '') => {
    const own = [liveSource({ live: feed.ports.live, now })]
    const request = { method: 'GET', path: manifestPath(path), query }
    const given = await respond(request, reader, own).catch((error: unknown) => error)
    if (given instanceof HeadendError) return { status: given.status, code: given.code }
    const { status, body } = given as Awaited<ReturnType<typeof respond>>
    return { status, body, code: /"code":"(\w+)"/.exec(body)?.[1] }
  }
  return { looks, answer, shelf }
}

describe.each([90, 600, 2 * 3600])('keys that change every %i s', (rotationSeconds) => {
  it('are the same for a segment and a Period in whatever window they are seen', {
    timeout: 120_000,
  }, async () => {
    const { looks } = await ran(rotationSeconds)
    const kids = { video: new Map<number, string>(), audio: new Map<number, string>() }
    const starts = new Map<string, number>()
    for (const { video, audio, mpd } of looks) {
      for (const text of [video, audio]) expect(checkMediaPlaylist(text), text).toEqual([])
      expect(checkMpd(mpd), mpd).toEqual([])
      for (const [type, text] of Object.entries({ video, audio }) as ['video' | 'audio', string][])
        for (const [number, kid] of kidsIn(text)) {
          expect(kids[type].get(number) ?? kid, `${type} ${number}`).toBe(kid)
          kids[type].set(number, kid)
        }
      for (const [period, start] of startsIn(mpd)) {
        expect(starts.get(period) ?? start, `${period} in ${mpd}`).toBe(start)
        starts.set(period, start)
      }
    }
    // Of one rendition as of the other.
    for (const [number, kid] of kids.video) {
      const other = kids.audio.get((number / 90_000) * 48_000)
      if (other !== undefined) expect(other, String(number)).toBe(kid)
    }
    const distinct = new Set(kids.video.values())
    expect(distinct.size).toBeGreaterThanOrEqual(Math.floor((wholeHours * 3600 - 900) / rotationSeconds))
    expect(distinct.has('')).toBe(false)
  })
})

describe('a protected channel', () => {
  it('is not shown where its keys or its state cannot be read, and not in the clear', async () => {
    const { answer, shelf } = await ran(600, 1)
    const { objects, named } = shelf
    const first = await answer('index.m3u8')
    expect(first.status).toBe(200)
    const [uri = ''] = playlistUris(first.body ?? '')
    expect(await answer(uri)).toMatchObject({ status: 200 })
    const gone = { status: 404, code: 'CHANNEL_NOT_FOUND' }
    expect(await answer(uri.replace('cbcs-KEYS-0', 'clear'))).toMatchObject(gone)
    for (const key of [...objects.keys()].filter((one) => one.endsWith('-shared.json'))) {
      const text = objects.get(key) ?? ''
      for (const damaged of [undefined, text.replaceAll(/"index":\d/g, '"index":99')]) {
        if (damaged === undefined) objects.delete(key)
        else objects.set(key, damaged)
        expect(await answer('index.mpd', `start=${beginMs / 1000 + 30}`)).toEqual({
          status: 503,
          code: 'CHANNEL_KEYS',
        })
      }
      objects.set(key, text)
    }
    const state = `protection/${id}/${named.at(-1)}.json`
    const text = objects.get(state) ?? ''
    objects.delete(state)
    expect(await answer('index.m3u8')).toMatchObject(gone)
    objects.set(state, text)
    named.push(undefined)
    expect(await answer(uri)).toMatchObject(gone)
    expect(await answer(uri.replace('cbcs-KEYS-0', 'clear'))).toMatchObject({ status: 200 })
  })
})
