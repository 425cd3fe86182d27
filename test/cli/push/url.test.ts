/** `headend push URL`: what a playlist or an MPD shows, in order, each segment once, whatever its window does. */
import { afterEach, describe, expect, it } from 'vitest'
import type { Sender } from '../../../bin/push/send/sender.ts'
import { pushUrl, type UrlOptions } from '../../../bin/push/url/push-url.ts'
import { madeInit, madeSegment } from './made-feed.ts'
import { type Answer, type Origin, startOrigin } from './source.ts'

const origins: Origin[] = []
afterEach(async () => {
  for (const origin of origins.splice(0)) await origin.stop()
})

/** Pushes from an origin to nowhere; says what arrived, and what was told. The clock goes as pauses pass. */
async function pushed(
  path: string,
  answer: (path: string, before: number) => Answer,
  more: Partial<UrlOptions> = {},
) {
  const origin = await startOrigin(answer)
  origins.push(origin)
  const arrived = new Map<string, { readonly bytes: Uint8Array; readonly atMs: number }>()
  const told: string[] = []
  let nowMs = 0
  const sender: Sender = {
    async send({ path: name, read }) {
      const bytes = await read()
      if (bytes) arrived.set(name, { bytes, atMs: nowMs })
      return bytes ? 'sent' : 'nothing'
    },
  }
  const totals = await pushUrl({
    url: origin.url + path,
    sender,
    last: 3,
    once: false,
    now: () => nowMs,
    pauses: { random: () => 0.5, sleep: async (ms) => void (nowMs += ms) },
    tell: (line) => void told.push(line),
    signal: new AbortController().signal,
    ...more,
  })
  return { arrived, told, totals, origin }
}

const media = (lines: readonly string[], { sequence = 0, ended = false } = {}) =>
  `#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:${sequence}\n#EXT-X-MAP:URI="init.mp4"\n${lines.map((line) => `#EXTINF:2,\n${line}\n`).join('')}${ended ? '#EXT-X-ENDLIST\n' : ''}`

const window = (from: number, to: number, ended = false) =>
  media(
    Array.from({ length: to - from + 1 }, (_, i) => `${from + i}.m4s`),
    { sequence: from, ended },
  )

/** Segments by their number, and the init segment. */
function files(path: string): Answer {
  if (path.endsWith('/init.mp4')) return { body: madeInit() }
  const [, number] = /\/(\d+)\.m4s$/.exec(path) ?? []
  return number === undefined ? { status: 404 } : { body: madeSegment(Number(number)) }
}

describe('a live playlist', () => {
  it('is followed as its window slides: the last segments of the first look, then each that comes, once', async () => {
    const { arrived, totals } = await pushed('/index.m3u8', (path, before) =>
      path === '/index.m3u8' ? { body: window(10 + before, 15 + before, before === 8) } : files(path),
    )
    // The first answer says what it is, the second is the first look.
    const names = Array.from({ length: 10 }, (_, i) => `v1/${14 + i}.m4s`)
    expect([...arrived.keys()]).toEqual(names)
    expect(totals).toEqual({ sent: 10, failed: 0, left: 3 })
    expect(arrived.get('v1/14.m4s')?.bytes).toEqual(Buffer.concat([madeInit(), madeSegment(14)]))
  })

  it('that slid on too far says what was lost, and goes on', async () => {
    const { arrived, told } = await pushed('/index.m3u8', (path, before) =>
      path === '/index.m3u8' ? { body: before < 2 ? window(1, 4) : window(20, 22, true) } : files(path),
    )
    expect([...arrived.keys()]).toEqual([
      'v1/2.m4s',
      'v1/3.m4s',
      'v1/4.m4s',
      'v1/20.m4s',
      'v1/21.m4s',
      'v1/22.m4s',
    ])
    expect(told).toContainEqual(expect.stringMatching(/^v1: what was to come before 20 left the window/))
  })

  it('that counts from the beginning again is taken from there', async () => {
    const { arrived, told } = await pushed('/index.m3u8', (path, before) =>
      path === '/index.m3u8' ? { body: before < 2 ? window(100, 103) : window(1, 2, true) } : files(path),
    )
    expect([...arrived.keys()].slice(-2)).toEqual(['v1/1.m4s', 'v1/2.m4s'])
    expect(told).toContain('v1: its numbers began anew')
  })

  it('survives answers of 503 and playlists that do not come; what never comes is said and counted', async () => {
    const { arrived, told, totals } = await pushed('/index.m3u8', (path, before) => {
      if (path === '/index.m3u8')
        return before % 4 === 1 ? { status: 503 } : { body: window(1, 4, before > 5) }
      if (path === '/3.m4s' && before < 2) return { status: 503 }
      if (path === '/4.m4s') return { status: 404 }
      return files(path)
    })
    expect([...arrived.keys()]).toEqual(['v1/2.m4s', 'v1/3.m4s'])
    expect(totals).toEqual({ sent: 2, failed: 1, left: 1 })
    expect(told).toContainEqual(expect.stringMatching(/^v1\/4: not sent/))
  })

  it('that answers no more is given up', async () => {
    await expect(
      pushed('/index.m3u8', (path, before) =>
        path === '/index.m3u8' && before < 2 ? { body: window(1, 1) } : { status: 503 },
      ),
    ).rejects.toMatchObject({ code: 'PUSH_SOURCE' })
  })

  it('ends behind one look if it is asked to', async () => {
    const answer = (path: string) => (path === '/index.m3u8' ? { body: window(1, 9) } : files(path))
    const { totals } = await pushed('/index.m3u8', answer, { once: true })
    expect(totals).toEqual({ sent: 3, failed: 0, left: 6 })
  })
})

describe('a push', () => {
  it.each([window(1, 4), window(1, 4, true)])('ends where its channel does: %#', async (text) => {
    const gone = new Error('no such channel')
    const refused = pushed('/index.m3u8', (path) => (path === '/index.m3u8' ? { body: text } : files(path)), {
      sender: { send: () => Promise.reject(gone) },
    })
    await expect(refused).rejects.toBe(gone)
  })
})

describe('what is over', () => {
  it('is sent in real time, all renditions beside one another', async () => {
    const multivariant = `#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="en",DEFAULT=YES,URI="en/index.m3u8"
#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="s",NAME="en",URI="subs/index.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=2000,AUDIO="a",SUBTITLES="s"
high/index.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=1000,AUDIO="a"
low/index.m3u8?token=secret
`
    const { arrived, told, totals } = await pushed('/index.m3u8', (path) => {
      if (path === '/index.m3u8') return { body: multivariant }
      return /\/index\.m3u8/.test(path) ? { body: window(1, 5, true) } : files(path)
    })
    expect(totals).toEqual({ sent: 15, failed: 0, left: 0 })
    for (const track of ['v1', 'v2', 'a1']) {
      const at = [1, 2, 3, 4, 5].map((number) => arrived.get(`${track}/${number}.m4s`)?.atMs ?? Number.NaN)
      for (const [i, atMs] of at.entries()) expect(atMs).toBeGreaterThanOrEqual(i * 2000)
    }
    expect(told.join('\n')).toMatch(/left out: 1 renditions of subtitles/)
    expect(told.join('\n')).not.toContain('secret')
  })

  it('is sent without a rendition whose playlist never comes, which is said', async () => {
    const multivariant =
      '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=2\nhigh.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlow.m3u8\n'
    const { arrived, told, totals } = await pushed('/index.m3u8', (path) => {
      if (path === '/index.m3u8') return { body: multivariant }
      return path === '/low.m3u8' ? { body: window(1, 5, true) } : files(path)
    })
    expect(totals).toEqual({ sent: 5, failed: 0, left: 0 })
    expect([...arrived.keys()]).toEqual([1, 2, 3, 4, 5].map((number) => `v2/${number}.m4s`))
    expect(told).toContain('v1: left out, its playlist never came')
  })

  it('ends when the person has had enough, and nothing of it counts as failed', async () => {
    const ending = new AbortController()
    const { totals } = await pushed(
      '/index.m3u8',
      (path) => {
        if (path === '/3.m4s') ending.abort()
        return path === '/index.m3u8' ? { body: window(1, 9, true) } : files(path)
      },
      { signal: ending.signal },
    )
    expect(totals).toEqual({ sent: 3, failed: 0, left: 0 })
  })

  it('may be ranges of one file, with another init segment from somewhere on', async () => {
    const segments = [madeSegment(1), madeSegment(2)]
    const all = Buffer.concat([madeInit(), ...segments])
    const range = (i: number): string => {
      const offset = madeInit().length + (i === 0 ? 0 : (segments[0]?.length ?? 0))
      return `#EXT-X-BYTERANGE:${segments[i]?.length}@${offset}\n#EXTINF:2,\nall.mp4\n`
    }
    const text = `#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MAP:URI="all.mp4",BYTERANGE="${madeInit().length}@0"\n${range(0)}${range(1)}#EXT-X-MAP:URI="init.mp4"\n#EXTINF:2,\n3.m4s\n#EXT-X-ENDLIST\n`
    const { arrived, origin } = await pushed('/index.m3u8', (path) => {
      if (path === '/index.m3u8') return { body: text }
      return path === '/all.mp4' ? { body: all } : files(path)
    })
    expect([...arrived.values()].map(({ bytes }) => bytes)).toEqual(
      [1, 2, 3].map((number) => Buffer.concat([madeInit(), madeSegment(number)])),
    )
    // Each init segment once, each segment once.
    expect(origin.asked.filter((path) => path === '/all.mp4')).toHaveLength(3)
    expect(origin.asked.filter((path) => path === '/init.mp4')).toHaveLength(1)
  })
})

const mpd = (inside: string, type = 'static') =>
  `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="${type}" availabilityStartTime="1970-01-01T00:00:00Z" minimumUpdatePeriod="PT1S" minBufferTime="PT2S" profiles="urn:mpeg:dash:profile:isoff-live:2011"><Period id="0" start="PT0S">${inside}</Period></MPD>`

const timeline = (first: number, count: number) =>
  `<SegmentTemplate timescale="1" initialization="$RepresentationID$/init.mp4" media="$RepresentationID$/$Number$.m4s" startNumber="${first}"><SegmentTimeline><S t="${2 * first}" d="2" r="${count - 1}"/></SegmentTimeline></SegmentTemplate>`

const sets = (first: number, count: number) =>
  ['video', 'audio', 'text']
    .map(
      (type) =>
        `<AdaptationSet contentType="${type}" mimeType="${type}/mp4">${timeline(first, count)}<Representation id="${type}" bandwidth="1"/></AdaptationSet>`,
    )
    .join('')

describe('an MPD', () => {
  it('is followed as its timeline grows, video and audio alone', async () => {
    const { arrived, totals } = await pushed('/live.mpd', (path, before) =>
      path === '/live.mpd'
        ? { body: mpd(sets(4 + before, 4), before < 6 ? 'dynamic' : 'static') }
        : files(path),
    )
    const expected = [6, 7, 8, 9, 10, 11, 12, 13].map((number) => `${number * 2000}.m4s`)
    for (const track of ['v1', 'a1'])
      expect([...arrived.keys()].filter((name) => name.startsWith(track))).toEqual(
        expected.map((name) => `${track}/${name}`),
      )
    expect(totals).toEqual({ sent: 16, failed: 0, left: 2 })
  })

  it('may list ranges of one file', async () => {
    const [init, media1, media2] = [madeInit(), madeSegment(1), madeSegment(2)]
    const [a, b] = [init.length, init.length + media1.length]
    const list = `<AdaptationSet mimeType="audio/mp4"><Representation id="a" bandwidth="1"><BaseURL>all.mp4</BaseURL><SegmentList timescale="1" duration="2"><Initialization range="0-${a - 1}"/><SegmentURL mediaRange="${a}-${b - 1}"/><SegmentURL mediaRange="${b}-${b + media2.length - 1}"/></SegmentList></Representation></AdaptationSet>`
    const { arrived } = await pushed('/x.mpd', (path) =>
      path === '/x.mpd'
        ? { body: mpd(list).replace('type="static"', 'type="static" mediaPresentationDuration="PT4S"') }
        : { body: Buffer.concat([init, media1, media2]) },
    )
    expect([...arrived].map(([name, { bytes }]) => [name, bytes])).toEqual([
      ['a1/0.m4s', Buffer.concat([init, media1])],
      ['a1/2000.m4s', Buffer.concat([init, media2])],
    ])
  })
})

describe('refused with a reason is', () => {
  const locked = window(1, 3).replace('#EXTINF', '#EXT-X-KEY:METHOD=AES-128,URI="k"\n#EXTINF')
  const protection = '<ContentProtection schemeIdUri="urn:mpeg:dash:mp4protection:2011" value="cenc"/>'
  const whole =
    '<AdaptationSet mimeType="video/mp4"><Representation id="v" bandwidth="1"><BaseURL>v.mp4</BaseURL><SegmentBase indexRange="100-200"><Initialization range="0-99"/></SegmentBase></Representation></AdaptationSet>'
  it.each([
    ['an encrypted playlist', locked, 'PUSH_ENCRYPTED', /AES-128 from segment 1/],
    [
      'an encrypted MPD',
      mpd(sets(1, 2).replace('<Representation', `${protection}<Representation`)),
      'PUSH_ENCRYPTED',
      /ContentProtection of Representation video/,
    ],
    ['a film behind an index', mpd(whole), 'PUSH_SOURCE', /SegmentBase/],
    ['a page', '<html></html>', 'PUSH_SOURCE', /expected a playlist of HLS or an MPD/],
  ])('%s', async (_, body, code, message) => {
    const refused = pushed('/x', (path) => (path.startsWith('/x') ? { body } : files(path)))
    await expect(refused).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
  })
})
