/** A film that flashes and beeps at once, every two seconds: FFmpeg puts both out together, however it is delivered. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EncryptedPolicy } from '../../../lib/rights/index.ts'
import { flashesAndBeeps, pictureDelays } from '../../judges/media/lip-sync.ts'
import { ffmpegMissing } from '../ffmpeg.ts'
import { filmRights } from '../rights/film-rights.ts'
import { openScreening, type Screening } from '../screening.ts'
import { flashFilms } from './flash-films.ts'

/** Sound of AAC begins a little before its loud part, and clocks have ticks. */
const mostSeconds = 0.005

let screening: Screening
beforeAll(async () => {
  screening = await openScreening()
})
afterAll(() => screening?.close())

describe.skipIf(ffmpegMissing !== undefined)(
  `flash and beep${ffmpegMissing ? ` (${ffmpegMissing})` : ''}`,
  () => {
    it.for(flashFilms)('come out of FFmpeg together: $name', async (film) => {
      const shown = await screening.show(`flash-${flashFilms.indexOf(film)}`, film.files())
      for (const url of [shown.hls, shown.dash]) await expectTogether(url)
      for (const scheme of ['cenc', 'cbcs'] as const) {
        const policy: EncryptedPolicy = {
          mode: 'encrypted',
          schemes: [scheme],
          systems: ['clearkey'],
          keys: 'shared',
        }
        const rights = await filmRights(shown.films, policy)
        shown.protect(rights)
        const [decryptionKey = ''] = rights.keys.values()
        await expectTogether(shown.dash, { decryptionKey })
      }
    })
  },
)

async function expectTogether(url: string, how: { readonly decryptionKey?: string } = {}): Promise<void> {
  const seen = await flashesAndBeeps(url, how)
  // One every two seconds, and none is lost.
  expect(seen.flashes, url).toHaveLength(9)
  for (const delay of pictureDelays(seen)) expect(Math.abs(delay), url).toBeLessThanOrEqual(mostSeconds)
}
