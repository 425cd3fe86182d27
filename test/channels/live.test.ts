/** A feed goes in, object by object, in any order and more than once, and what is printed of it obeys the judges. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { takeObject } from '../../lib/channels/ingest/take-object.ts'
import { ffmpegMissing } from '../house/ffmpeg.ts'
import { checkMpd } from '../judges/dash/rules.ts'
import { checkMediaPlaylist } from '../judges/hls/rules.ts'
import { numberOf, playlistUris, segmentSeconds, startChannels, type Written, writtenBy } from './feeds.ts'

const lines = (text: string, start: string): string[] =>
  text.split('\n').filter((line) => line.startsWith(start))

describe.skipIf(ffmpegMissing !== undefined).each(['dash', 'hls', 'ts'] as const)(
  'a feed in the form of %s',
  (form) => {
    let room: Awaited<ReturnType<typeof startChannels>>
    let feed: readonly Written[]
    beforeAll(async () => {
      room = await startChannels()
      feed = writtenBy(form, 40)
    })
    afterAll(() => room.stop())

    const begin = Date.UTC(2026, 11, 1, 10)
    const wall = (written: Written): number =>
      begin + (Math.max(0, numberOf(written.path)) + 1) * segmentSeconds * 1000
    const take = async (written: Written) => {
      room.clock.nowMs = Math.max(room.clock.nowMs, wall(written))
      return takeObject(room.ports, room.object(written, wall(written)))
    }
    const playlists = async () => {
      const multivariant = await room.get('index.m3u8')
      const uris = playlistUris(multivariant.body)
      return Promise.all(uris.map(async (uri) => (await room.get(uri)).body))
    }

    it('is not there before it has begun', async () => {
      const answer = await room.get('index.m3u8')
      expect([answer.status, answer.headers['cache-control']]).toEqual([404, 'public, max-age=1'])
      expect(answer.body).toContain('CHANNEL_NOT_FOUND')
    })

    it('waits for an init segment that comes last, if its form has any', async () => {
      const media = feed.find(({ path }) => !path.includes('init'))
      if (!media) throw new Error('a feed has media')
      // What a transport stream needs is in each of its segments.
      const kinds = form === 'ts' ? ['recorded', 'recorded'] : ['waits']
      expect((await take(media)).map(({ kind }) => kind)).toEqual(kinds)
    })

    it('grows with each segment, whatever comes twice or late, and takes nothing back', async () => {
      const half = feed.filter(({ path }) => numberOf(path) < 10)
      for (const one of half) await take(one)
      const [before, mpdBefore] = [await playlists(), (await room.get('index.mpd')).body]
      for (const text of before) expect(checkMediaPlaylist(text), text).toEqual([])
      expect(checkMpd(mpdBefore), mpdBefore).toEqual([])
      // The rest backwards in pairs, each three times.
      const rest = feed.filter(({ path }) => numberOf(path) >= 10)
      for (const one of rest.toSorted((a, b) => (numberOf(a.path) ^ 1) - (numberOf(b.path) ^ 1)))
        for (let i = 0; i < 3; i++) await take(one)
      const [after, mpdAfter] = [await playlists(), (await room.get('index.mpd')).body]
      for (const [i, text] of after.entries())
        expect(checkMediaPlaylist(text, { previous: before[i] ?? '' }), text).toEqual([])
      expect(checkMpd(mpdAfter, { previous: mpdBefore }), mpdAfter).toEqual([])
      for (const text of after) {
        expect(lines(text, '#EXT-X-GAP')).toEqual([])
        expect(lines(text, '#EXT-X-DISCONTINUITY')).toEqual(
          ['#EXT-X-DISCONTINUITY-SEQUENCE:0'].filter((one) => text.includes(one)),
        )
        expect(lines(text, '#EXTINF').length).toBeGreaterThanOrEqual(9)
      }
      expect(mpdAfter).toContain('$Time$')
      expect(mpdAfter.match(/<Period/g)).toHaveLength(1)
    })

    it('has a start-over that begins and ends where it was asked to', async () => {
      const query = `start=${begin / 1000 + 8}&end=${begin / 1000 + 20}`
      const multivariant = (await room.get('index.m3u8', query)).body
      const [uri = ''] = /^[^#\s]\S*\.m3u8$/m.exec(multivariant) ?? []
      expect(uri).toMatch(/\/w\d+-\d+-\.m3u8$/)
      const text = (await room.get(uri)).body
      expect(checkMediaPlaylist(text), text).toEqual([])
      expect(text).toContain('#EXT-X-ENDLIST')
      expect(text).toContain('#EXT-X-MEDIA-SEQUENCE:0')
      expect(text).not.toContain('#EXT-X-START')
      // Over it has no end yet: players would go to the live edge.
      const open = await room.get(uri.replace(/-\d+-\.m3u8$/, '--.m3u8'))
      expect(checkMediaPlaylist(open.body), open.body).toEqual([])
      expect(open.body).toContain('#EXT-X-START:TIME-OFFSET=0.001\n')
      expect(lines(text, '#EXTINF').length).toBeGreaterThanOrEqual(6)
      const mpd = (await room.get('index.mpd', query)).body
      expect(checkMpd(mpd), mpd).toEqual([])
      expect(mpd).toContain('type="static"')
      expect((await room.get('index.m3u8', 'start=yesterday')).status).toBe(400)
    })
  },
)
