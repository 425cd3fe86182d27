/** A process of its own for what is to be done in little memory; says as JSON what came of it, and what it took. */
import { indexAsset } from '../../../lib/packaging/indexing/index-asset.ts'
import { longFilm } from '../films/long-film.ts'
import { outcomeOfSource } from '../films/outcome.ts'
import { hostileFilms } from './hostile-films.ts'

const [, , what, count = '0'] = process.argv

async function answer(): Promise<object> {
  if (what === 'long') {
    const { skipped } = await indexAsset({
      timelineId: 'vod/long',
      version: '1',
      files: [{ object: { bucket: 'upload', key: 'long.mp4' }, source: longFilm(Number(count)) }],
    })
    return { samples: skipped.length === 0 ? Number(count) : 0 }
  }
  const outcomes: string[] = []
  for (const { source } of hostileFilms) outcomes.push(await outcomeOfSource(source))
  return { outcomes }
}

const said = await answer()
process.stdout.write(JSON.stringify({ ...said, peakBytes: process.resourceUsage().maxRSS * 1024 }))
