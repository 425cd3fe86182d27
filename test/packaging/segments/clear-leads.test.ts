/** Clear leads of every film: what manifests may name in the clear is given so, and no sample that is shown later. */
import { expect, it } from 'vitest'
import { createPackager } from '../../../lib/packaging/segments/packager.ts'
import { nodeAes } from '../../../lib/platform/crypto/aes.ts'
import { clearUntil } from '../../../lib/timeline/clear-lead.ts'
import { segmentFile } from '../../../lib/timeline/media-path.ts'
import { ffmpegMissing } from '../../house/ffmpeg.ts'
import { everyFilm, filmMissing } from '../../house/films/every-film.ts'
import { corpusMissing } from '../../judges/corpus.ts'
import { mediaPath, type Shelf, shelve } from '../films/shelf.ts'
import { sourcesOf } from '../reading/sources-of.ts'

const films = everyFilm.filter(({ refused, leavesAs }) => refused === undefined && leavesAs === undefined)
const leads = [0, 2, 3, 5, 7, 13, 31, 60]
const counted = { named: 0, given: 0, refused: 0 }

it.for(films)('of $name', async (film, { skip }) => {
  const missing = filmMissing(film)
  skip(missing !== undefined, missing)
  const shelf = await shelve(...(await sourcesOf(film)))
  const tracks = shelf.films.timeline.tracks.filter(({ type }) => type === 'video' || type === 'audio')
  for (const lead of leads) {
    const status = statusOf(shelf, lead)
    const until = clearUntil(tracks, lead)
    for (const { id, segments, timescale } of tracks)
      for (const { number, cut, start, duration } of segments) {
        const given = await status(mediaPath(shelf.films, id, segmentFile(number, cut)))
        const isNamed = (start + duration / 2) / timescale < until
        const ends = (start + duration) / timescale
        if (isNamed) expect(given, `${id} ${number} is named in the clear with a lead of ${lead} s`).toBe(200)
        if (isNamed) expect(ends).toBeLessThanOrEqual(lead)
        counted.named += Number(isNamed)
        counted[given === 200 ? 'given' : 'refused']++
      }
  }
})

it.skipIf(corpusMissing !== undefined || ffmpegMissing !== undefined)('were many', () => {
  expect(counted.named).toBeGreaterThan(1000)
  expect(counted.refused).toBeGreaterThan(1000)
})

function statusOf(shelf: Shelf, clearLeadSeconds: number): (path: string) => Promise<number> {
  const packager = createPackager({
    reader: shelf.reader,
    aes: nodeAes,
    rights: {
      of: async () => ({ schemes: ['cbcs'], sharing: 'shared', clearLeadSeconds, period: () => undefined }),
      key: () => Promise.reject(new Error('no key is needed')),
    },
  })
  return async (path) => {
    const answer = await packager.answer({ method: 'HEAD', path, headers: {} })
    return answer.status
  }
}
