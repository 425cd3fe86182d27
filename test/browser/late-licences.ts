/** A film whose keys change every 20 s, played to its end in one player while licences take their time. */
import { ffmpegFilm } from '../house/ffmpeg.ts'
import { type Played, type Player, play, type Stage } from './player.ts'
import { endingOf, type SealedFilms } from './sealed-films.ts'

/** Small pictures with a key frame every two seconds, and sound whose frames end elsewhere. */
export const turningFilm = (seconds: number): string =>
  ffmpegFilm(
    `-f lavfi -i testsrc2=size=320x180:rate=25:duration=${seconds} -f lavfi -i sine=frequency=440:sample_rate=48000:duration=${seconds} ` +
      '-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 50 -keyint_min 50 -sc_threshold 0 -c:a aac -b:a 64k',
  )

/** What to play in what. */
export interface LateLicence {
  readonly films: SealedFilms
  readonly pages: string
  readonly browser: Stage
  readonly id: string
  readonly player: Player
  readonly scheme: 'cenc' | 'cbcs'
  readonly lateMs: number
}

/** Plays it three times as fast as life: the first key is as late as ever, and those that follow are needed sooner. */
export async function playLate({ films, id, scheme, lateMs, ...where }: LateLicence): Promise<Played> {
  const { url, drm } = await films.viewer(id)
  return play({
    ...where,
    url: url(endingOf(where.player, scheme)),
    drm,
    rate: 3,
    licencesLateMs: lateMs,
    patienceMs: 90_000,
  })
}

/** Seconds of a film that were not shown, as `from-to`; half a second is what players jump over a seam. */
export function missedOf({ played, duration }: Played): readonly string[] {
  const edges = [[0, 0] as const, ...played, [duration, duration] as const]
  return edges.flatMap(([start], i) => {
    const end = edges[i - 1]?.[1] ?? 0
    return start - end > 0.5 ? [`${end.toFixed(2)}-${start.toFixed(2)}`] : []
  })
}
