/** A film that flashes and beeps at once, every two seconds: FFmpeg puts both out together, however it is delivered. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EncryptedPolicy } from '../../../lib/rights/index.ts'
import { isWhole } from '../../browser/matrix.ts'
import { allFlashesAndBeeps, type Opened, pictureDelays } from '../../judges/media/lip-sync.ts'
import { ffmpegMissing } from '../ffmpeg.ts'
import { filmRights } from '../rights/film-rights.ts'
import { openScreening, type Screening } from '../screening.ts'
import { flashFilms } from './flash-films.ts'

/** Sound of AAC begins a little before its loud part, and clocks have ticks. */
const mostSeconds = 0.005

const schemes = ['cenc', 'cbcs'] as const

let screening: Screening
beforeAll(async () => {
  screening = await openScreening()
})
afterAll(() => screening?.close())

describe.skipIf(ffmpegMissing !== undefined)(
  `flash and beep${ffmpegMissing ? ` (${ffmpegMissing})` : ''}`,
  () => {
    it.for(flashFilms)('come out of FFmpeg together: $name', async (film) => {
      const index = flashFilms.indexOf(film)
      const shown = await screening.show(`flash-${index}`, film.files())
      await expectTogether([{ from: shown.hls }, { from: shown.dash }])
      // In CI every second film under the same scheme.
      for (const scheme of schemes.filter((_, i) => isWhole || i === index % 2)) {
        const policy: EncryptedPolicy = {
          mode: 'encrypted',
          schemes: [scheme],
          systems: ['clearkey'],
          keys: 'shared',
        }
        const rights = await filmRights(shown.films, policy)
        shown.protect(rights)
        const [decryptionKey = ''] = rights.keys.values()
        await expectTogether([{ from: shown.dash, decryptionKey }])
      }
    })
  },
)

async function expectTogether(opened: readonly Opened[]): Promise<void> {
  for (const [i, seen] of (await allFlashesAndBeeps(opened)).entries()) {
    const url = opened[i]?.from
    // One every two seconds, and none is lost.
    expect(seen.flashes, url).toHaveLength(9)
    for (const delay of pictureDelays(seen)) expect(Math.abs(delay), url).toBeLessThanOrEqual(mostSeconds)
  }
}
