/** Reduces a presentation to the renditions a request's query selects. */
import { HeadendError } from '../../errors.ts'
import { isVideo, type Presentation, type Rendition } from '../../timeline/presentation.ts'
import { renditionsForDevice } from './device.ts'
import { filterRenditions } from './manifest-filter.ts'
import { single } from './query-parameter.ts'
import { withTrickPlay } from './trick-play.ts'

/** The presentation with the selected renditions; throws with status 400 if none is left or the query is invalid. */
export function choose(presentation: Presentation, query: URLSearchParams): Presentation {
  let { renditions } = presentation
  const device = single(query, 'device')
  const filter = single(query, 'aws.manifestfilter')
  if (device === undefined && filter === undefined) return presentation
  if (device !== undefined) renditions = renditionsForDevice(renditions, device.toLowerCase())
  if (filter !== undefined) renditions = filterRenditions(renditions, filter)
  renditions = withTrickPlay(presentation.renditions, renditions)
  if (!renditions.some((one) => isVideo(one) || one.type === 'audio'))
    throw new HeadendError('FILTER_EMPTY', 'nothing to play is left by aws.manifestfilter and device')
  return { ...presentation, renditions: withDefaults(renditions) }
}

/** Without its default, a type's first remaining rendition becomes the default. */
function withDefaults(renditions: readonly Rendition[]): Rendition[] {
  return renditions.map((one) => {
    const others = renditions.filter(({ type, trickOf }) => type === one.type && !trickOf)
    const needed = one.type !== 'text' && others[0] === one && !others.some(({ isDefault }) => isDefault)
    return needed ? { ...one, isDefault: true } : one
  })
}
