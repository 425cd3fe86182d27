/** DASH as a source: all Representations of video and audio, in all Periods. */
import { readMpd } from '../../../lib/formats/dash/read-mpd.ts'
import { type ListedRepresentation, segmentsOf } from '../../../lib/formats/dash/segments-of.ts'
import { attributeOf, childOf, childrenOf, type XmlNode } from '../../../lib/formats/xml/index.ts'
import { CommandError } from '../../errors.ts'
import { type Fetcher, shownUrl } from './fetcher.ts'
import type { ListedSegment, Look, Source } from './source.ts'

/** Keeps looking at the MPD at `url`. */
export function dashSource(url: string, fetcher: Fetcher, now: () => number): Source {
  return {
    async look() {
      const answer = await fetcher.text(url)
      return answer && lookAt(answer, now())
    },
  }
}

/** MPDs that say nothing of it are looked at as often. */
const defaultSeconds = 6

function lookAt({ text, url }: { readonly text: string; readonly url: string }, nowMs: number): Look {
  const mpd = readMpd(text)
  const tracks = new Map<string, readonly ListedSegment[]>()
  // Of several locations of a Representation the first is taken.
  const all = segmentsOf(mpd, { baseUrl: url, nowMs })
  const listed = all.filter(({ node }, i) => all[i - 1]?.node !== node)
  for (const period of mpd.periods) {
    const counts = { v: 0, a: 0 }
    for (const representation of listed.filter((one) => one.period === period)) {
      const letter = letterOf(representation)
      if (letter === undefined) continue
      refuse(representation, url)
      counts[letter]++
      const name = `${letter}${counts[letter]}`
      tracks.set(name, [...(tracks.get(name) ?? []), ...representation.segments.map(segmentOf)])
    }
  }
  const longest = Math.max(...listed.map(({ targetSeconds }) => targetSeconds), 1)
  return {
    tracks: [...tracks].map(([name, segments]) => ({ name, segments, live: mpd.type === 'dynamic' })),
    live: mpd.type === 'dynamic',
    refreshSeconds: Math.max(1, Math.min(longest, mpd.minimumUpdateSeconds ?? defaultSeconds)),
  }
}

const segmentOf = ({
  resolvedUri,
  byteRange,
  init,
  startSeconds,
  durationSeconds,
}: ListedRepresentation['segments'][number]): ListedSegment => ({
  url: resolvedUri,
  ...(byteRange && { byteRange }),
  name: String(Math.max(0, Math.round(startSeconds * 1000))),
  order: startSeconds,
  next: startSeconds + durationSeconds,
  startSeconds,
  ...(init && {
    init: { url: init.resolvedUri, ...(init.byteRange && { byteRange: init.byteRange }) },
  }),
})

/** `v` or `a`; undefined for what channels do not take: text, images, trick play (ISO/IEC 23009-1, DASH-IF 3.2.9). */
function letterOf({ adaptationSet, node }: ListedRepresentation): 'v' | 'a' | undefined {
  const said = (name: string): string => attributeOf(node, name) ?? attributeOf(adaptationSet, name) ?? ''
  const isTrick = childrenOf(adaptationSet, 'EssentialProperty').some((property) =>
    /trickmode/.test(attributeOf(property, 'schemeIdUri') ?? ''),
  )
  const type = attributeOf(adaptationSet, 'contentType') ?? said('mimeType')
  if (isTrick) return undefined
  if (type.startsWith('video')) return 'v'
  return type.startsWith('audio') ? 'a' : undefined
}

function refuse({ adaptationSet, node, index, segments }: ListedRepresentation, url: string): void {
  const id = attributeOf(node, 'id') ?? ''
  const locked = [node, adaptationSet]
    .map((level: XmlNode) => childOf(level, 'ContentProtection'))
    .find((protection) => protection !== undefined)
  if (locked)
    throw new CommandError(
      'PUSH_ENCRYPTED',
      `${shownUrl(url)}: expected segments in the clear, got ContentProtection of Representation ${id}; push what comes before its encryption`,
    )
  if (index || segments.some(({ init }) => init === undefined))
    throw new CommandError(
      'PUSH_SOURCE',
      `${shownUrl(url)}: expected Representation ${id} in segments (SegmentTemplate or SegmentList), got ${index ? 'one file with an index (SegmentBase)' : 'media without an init segment'}; upload a film that is whole as an asset`,
    )
}
