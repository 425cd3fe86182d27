/** Where HLS playlists say that segments are: just where their media says it, but for a first one that begins late. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mediaRules } from '../../judges/hls/media-rules.ts'
import { judge } from '../../judges/hls/playlist.ts'
import { clockOfInit, decodeTicksOf } from '../../judges/media/media-clock.ts'
import { readHls } from '../../judges/read-manifests.ts'
import { ffmpegMissing } from '../ffmpeg.ts'
import { openScreening, type Screening } from '../screening.ts'
import { flashFilms } from './flash-films.ts'

let screening: Screening
beforeAll(async () => {
  screening = await openScreening()
})
afterAll(() => screening?.close())

/** EXTINF has six digits, and a film many segments. */
const mostSeconds = 0.001

describe.skipIf(ffmpegMissing !== undefined)(
  `HLS playlists${ffmpegMissing ? ` (${ffmpegMissing})` : ''}`,
  () => {
    it.for(flashFilms)('say of each segment when it is decoded: $name', async (film) => {
      const { hls } = await screening.show(`clock-${flashFilms.indexOf(film)}`, film.files())
      const { texts, tracks } = await readHls(hls)
      expect(Object.values(texts).flatMap((text) => mediaFaults(text))).toEqual([])
      const played = Object.entries(texts).filter(([url]) => /(video|audio)-\d+\.m3u8$/.test(url))
      expect(played).toHaveLength(tracks.size)
      for (const [url, text] of played) {
        const said = startsOf(text)
        const meant = await decodeSeconds(url, text)
        expect(said.length, url).toBeGreaterThan(2)
        // Every playlist begins at 0, whenever its track does.
        for (const [i, seconds] of meant.entries())
          if (i > 0 || seconds === 0)
            expect(Math.abs(seconds - (said[i] ?? Number.NaN)), `${url} ${i}`).toBeLessThanOrEqual(
              mostSeconds,
            )
        // Shaka Player cuts all to the length of the shortest, and stands still at the end if dates say otherwise.
        expect(text).not.toContain('#EXT-X-PROGRAM-DATE-TIME')
      }
    })
  },
)

const mediaFaults = (text: string) => (judge(text).kind === 'media' ? mediaRules(judge(text)) : [])

/** Seconds from 0 on. */
function startsOf(text: string): number[] {
  let next = 0
  return judge(text).segments.map(({ seconds }) => {
    const start = next
    next += seconds
    return start
  })
}

/** What `tfdt` of each segment says. */
async function decodeSeconds(url: string, text: string): Promise<number[]> {
  const bytesOf = async (uri: string) => Buffer.from(await (await fetch(new URL(uri, url))).arrayBuffer())
  const { timescale } = clockOfInit(await bytesOf(/#EXT-X-MAP:URI="([^"]+)"/.exec(text)?.[1] ?? ''))
  return Promise.all(
    judge(text).segments.map(async ({ uri }) => decodeTicksOf(await bytesOf(uri)) / timescale),
  )
}
