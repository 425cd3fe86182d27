/** Tracks on a shelf before the judge of CMAF, with what the timeline says of them. */
import type { Track } from '../../../lib/timeline/timeline.ts'
import { type BrokenCmaf, checkCmafTrack, ofTheMedia } from '../../judges/cmaf/rules.ts'
import { mediaPath, type Shelf } from './shelf.ts'

/** Rules the track breaks, but for those that only its own pictures can. */
export async function faultsOf(shelf: Shelf, track: Track): Promise<BrokenCmaf[]> {
  return (await allFaultsOf(shelf, track)).filter(({ rule }) => !ofTheMedia.has(rule))
}

/** A track as it leaves where that is not in the clear. */
export interface SealedPieces {
  readonly pieceOf: (file: string) => Promise<Uint8Array>
  readonly key: { readonly scheme: string; readonly kid: string }
}

/** All rules the track breaks: stretches that share an init and that nothing interrupts, one by one. */
export async function allFaultsOf(shelf: Shelf, track: Track, sealed?: SealedPieces): Promise<BrokenCmaf[]> {
  const { id, timescale, language, configs } = track
  const pieceOf =
    sealed?.pieceOf ?? (async (file: string) => (await shelf.get(mediaPath(shelf.films, id, file))).bytes)
  const broken: BrokenCmaf[] = []
  for (const stretch of stretchesOf(track)) {
    const config = configs.find((one) => one.id === stretch[0]?.configId)
    const segments: Uint8Array[] = []
    for (const { number, cut } of stretch) segments.push(await pieceOf(`${number}.${cut}.m4s`))
    const { codec, width, height, sampleRate } = config ?? {}
    const said = { codec, width, height, sampleRate, language, timescale }
    broken.push(
      ...checkCmafTrack({
        init: await pieceOf(`i-${config?.id ?? ''}.mp4`),
        segments,
        facts: {
          ...JSON.parse(JSON.stringify(said)),
          key: sealed?.key ?? null,
          // How long encrypted segments are nobody knows before.
          segments: sealed ? stretch.map(({ start, duration }) => ({ start, duration })) : stretch,
        },
      }),
    )
  }
  return broken
}

function stretchesOf({ segments }: Track): Track['segments'][number][][] {
  const stretches: Track['segments'][number][][] = []
  for (const [i, segment] of segments.entries()) {
    const before = segments[i - 1]
    const opens = !before || segment.discontinuity || segment.configId !== before.configId
    if (opens) stretches.push([segment])
    else stretches.at(-1)?.push(segment)
  }
  return stretches
}
