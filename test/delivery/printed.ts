/** All manifests of a presentation, each one through the judges, beside the reload before it. */
import { expect } from 'vitest'
import { dashMpd, hlsMedia, hlsMultivariant } from '../../lib/delivery/index.ts'
import { printMpd } from '../../lib/formats/dash/print-mpd.ts'
import { printMediaPlaylist } from '../../lib/formats/hls/print-media.ts'
import { printMultivariantPlaylist } from '../../lib/formats/hls/print-multivariant.ts'
import type { Presentation } from '../../lib/timeline/presentation.ts'
import { corpusMissing } from '../judges/corpus.ts'
import { checkMpd } from '../judges/dash/rules.ts'
import { checkMediaPlaylist, checkMultivariant } from '../judges/hls/rules.ts'
import { validateMpd } from '../judges/xsd.ts'

/** What was printed at one moment. */
export interface Printed {
  readonly multivariant: string
  readonly media: Readonly<Record<string, string>>
  readonly mpd: string
}

/** Prints and judges it; with the schema of DASH, too, where the corpus has it. */
export async function print(presentation: Presentation, previous?: Printed): Promise<Printed> {
  const printed = printJudged(presentation, previous)
  if (corpusMissing === undefined) expect(await validateMpd(printed.mpd), printed.mpd).toEqual([])
  return printed
}

/** Prints and judges it, and asks no schema, which takes longest. */
export function printJudged(presentation: Presentation, previous?: Printed): Printed {
  const media = Object.fromEntries(
    presentation.renditions.map((rendition) => [
      rendition.id,
      printMediaPlaylist(hlsMedia(presentation, rendition, `${presentation.id}/v/${rendition.id}.m3u8`)),
    ]),
  )
  const multivariant = printMultivariantPlaylist(hlsMultivariant(presentation, ({ id }) => `v/${id}.m3u8`))
  const mpd = printMpd(dashMpd(presentation, `${presentation.id}/index.mpd`))
  for (const [id, text] of Object.entries(media)) {
    const before = previous?.media[id]
    expect(
      checkMediaPlaylist(text, before === undefined ? {} : { previous: before }),
      `${id}\n${text}`,
    ).toEqual([])
  }
  const uris = Object.fromEntries(Object.entries(media).map(([id, text]) => [`v/${id}.m3u8`, text]))
  expect(checkMultivariant(multivariant, uris), multivariant).toEqual([])
  expect(checkMpd(mpd, previous ? { previous: previous.mpd } : {}), mpd).toEqual([])
  return { multivariant, media, mpd }
}
