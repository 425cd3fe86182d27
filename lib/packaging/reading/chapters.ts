/** Chapters of a film: chapter lists and chapter images. */
import { HeadendError } from '../../errors.ts'
import { type Box, children, type Movie, readTref } from '../../formats/isobmff/index.ts'

/** Ids of the tracks a film references as its chapters (QuickTime File Format, "Chapter Lists"). */
export const chapterTracks = ({ traks }: Movie): ReadonlySet<number> => new Set(traks.flatMap(chaptersOf))

function chaptersOf(box: Box): number[] {
  try {
    const tref = children(box).get('tref')
    const references = tref ? readTref(tref) : []
    return references.flatMap(({ type, trackIds }) => (type === 'chap' ? trackIds : []))
  } catch (error) {
    if (!(error instanceof HeadendError)) throw error
    return []
  }
}
