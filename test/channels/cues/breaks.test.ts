/** Breaks of a feed: cut where its encoder has a key frame, told to players of HLS and DASH, from any order of arrival. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { takeObject } from '../../../lib/channels/ingest/take-object.ts'
import { ffmpegMissing } from '../../house/ffmpeg.ts'
import { checkMpd } from '../../judges/dash/rules.ts'
import { checkMediaPlaylist } from '../../judges/hls/rules.ts'
import { numberOf, playlistUris, segmentSeconds, startChannels, type Written } from '../feeds.ts'
import { breakFeed, breakSeconds } from './break-feed.ts'
import { splice, withSections } from './make-cues.ts'

const begin = Date.UTC(2026, 11, 1, 10)
const all = `start=${begin / 1000}&end=${begin / 1000 + 600}`
const { out, back } = breakSeconds

describe.skipIf(ffmpegMissing !== undefined).each(['avc', 'hevc'] as const)(
  'a break of a feed of %s',
  (codec) => {
    let room: Awaited<ReturnType<typeof startChannels>>
    let plain: readonly Written[]
    let feed: readonly Written[]
    let firstPts = 0
    beforeEach(async () => {
      room = await startChannels()
      ;({ plain, feed, firstPts } = await breakFeed(codec))
    })
    afterEach(() => room.stop())

    const take = async (written: Written) => {
      const wall = begin + (numberOf(written.path) + 1) * segmentSeconds * 1000
      room.clock.nowMs = Math.max(room.clock.nowMs, wall)
      return takeObject(room.ports, room.object(written, wall))
    }
    const playlists = async (query = all): Promise<ReadonlyMap<string, string>> => {
      const { body } = await room.get('index.m3u8', query)
      const uris = playlistUris(body)
      const texts = await Promise.all(uris.map(async (uri) => (await room.get(uri)).body))
      return new Map(uris.map((uri, i) => [uri.split('/').at(-2) ?? '', texts[i] ?? '']))
    }
    /** Wall clock at which each segment begins, and what stands before it. */
    const boundaries = (text: string): readonly { readonly ms: number; readonly tags: string }[] => {
      let ms = 0
      return text
        .split(/(?<=\.m4s\n)/)
        .filter((part) => part.includes('#EXTINF'))
        .map((part) => {
          const date = /PROGRAM-DATE-TIME:(\S+)/.exec(part)?.[1]
          if (date) ms = Date.parse(date)
          const start = ms
          ms += Number(/#EXTINF:([\d.]+)/.exec(part)?.[1]) * 1000
          return { ms: start, tags: part }
        })
    }

    it('begins and ends on a boundary, at its frame, in video and audio, and the cadence stays', async () => {
      for (const i of feed.keys()) {
        const one = feed[i ^ 1]
        if (one) for (let n = 0; n < 3; n++) await take(one)
      }
      const texts = await playlists()
      const starts = new Map([...texts].map(([name, text]) => [name, boundaries(text)]))
      for (const text of texts.values()) expect(checkMediaPlaylist(text), text).toEqual([])
      const video = starts.get('video-1') ?? []
      const zero = video[0]?.ms ?? 0
      const relative = video.map(({ ms }) => Math.round(ms - zero) / 1000)
      expect(relative).toEqual([0, 2, 4, 6, 7.04, 8, 10, 12, 14, 15.04, 16, 18, 20, 22])
      const audio = starts.get('audio-2') ?? []
      for (const seconds of [out, back])
        expect(audio.some(({ ms }) => Math.abs(ms - zero - seconds * 1000) < 1024 / 48)).toBe(true)
    })

    it('is told by a DATERANGE at its beginning and its end, and by events of the MPD', async () => {
      for (const one of feed) await take(one)
      for (const [name, text] of await playlists()) {
        const tagged = boundaries(text).filter(({ tags }) => tags.includes('#EXT-X-DATERANGE'))
        expect(tagged, text).toHaveLength(2)
        const [start, end] = tagged
        const startDate = /START-DATE="([^"]+)"/.exec(start?.tags ?? '')?.[1] ?? ''
        expect(start?.tags).toMatch(/PLANNED-DURATION=8,SCTE35-OUT=0xFC30[0-9A-F]+$/m)
        expect(end?.tags).toMatch(/,DURATION=8,SCTE35-IN=0xFC30[0-9A-F]+$/m)
        expect(end?.tags).toContain(startDate)
        if (name.startsWith('video'))
          expect(Math.abs(Date.parse(startDate) - (start?.ms ?? 0))).toBeLessThanOrEqual(1)
      }
      const mpd = (await room.get('index.mpd', all)).body
      expect(checkMpd(mpd), mpd).toEqual([])
      const events = [...mpd.matchAll(/<Event presentationTime="(\d+)"(?: duration="(\d+)")? id="(\d+)">/g)]
      const [one, other] = events
      expect(events).toHaveLength(2)
      expect(Number(other?.[1]) - Number(one?.[1])).toBe(8000)
      expect(one?.[2]).toBe('8000')
      expect(mpd).toContain('schemeIdUri="urn:scte:scte35:2014:xml+bin"')
    })

    it('that runs when a player joins is told to it', async () => {
      for (const one of feed.slice(0, 7)) await take(one)
      const query = `start=${begin / 1000 + 11}`
      for (const text of (await playlists(query)).values()) {
        expect(checkMediaPlaylist(text), text).toEqual([])
        expect(text.match(/SCTE35-OUT=/g), text).toHaveLength(1)
        expect(text).not.toContain('SCTE35-IN')
      }
    })

    it('whose cue comes with its own segment or behind it changes no segment that is known', async () => {
      const late = feed.map((one, i) => (i < 6 ? one : undefined))
      for (const one of late) if (one) await take(one)
      const before = await playlists()
      const again = splice({ id: 9, pts: firstPts + Math.round(4.96 * 90_000), out: true })
      const [, , third] = plain
      if (!third) throw new Error('expected three segments')
      await take({ ...third, bytes: withSections(third.bytes, [{ bytes: again, behind: 30 }]) })
      const after = await playlists()
      for (const [name, text] of after) {
        const untagged = (words = ''): string => words.replaceAll(/^#EXT-X-DATERANGE.*\n/gm, '')
        expect(untagged(text)).toBe(untagged(before.get(name)))
        // The break that it begins ends where the next one does.
        expect(text.match(/DATERANGE/g)?.length).toBe(
          (before.get(name)?.match(/DATERANGE/g)?.length ?? 0) + 2,
        )
      }
    })
  },
)
