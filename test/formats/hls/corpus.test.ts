/** Every playlist of the standards corpus: read, written back byte for byte, its facts as two other parsers see them. */
import { Parser } from 'm3u8-parser'
import { describe, expect, it } from 'vitest'
import { readPlaylist, writePlaylist } from '../../../lib/formats/hls/read-playlist.ts'
import { corpusFiles, corpusMissing, corpusText } from '../../judges/corpus.ts'

const folder = 'standards/hls'
const files = corpusFiles(folder, '.m3u8', '.m3u')

/** The facts `facts.json` holds, seen by ours. */
function factsOf(text: string): Record<string, unknown> {
  const playlist = readPlaylist(text)
  if (playlist.kind === 'multivariant') {
    const { variants, iFrames } = playlist.multivariant
    return {
      kind: 'multivariant',
      variants: variants.map(({ facts: { bandwidth, uri } }) => [bandwidth ?? null, uri]),
      iframe: iFrames.length,
    }
  }
  const { segments, targetSeconds, mediaSequence, endList } = playlist.media
  return {
    kind: 'media',
    segments: segments.length,
    duration: Math.round(segments.reduce((sum, { seconds }) => sum + seconds, 0) * 1000) / 1000,
    target: targetSeconds,
    mediaSequence,
    endlist: endList,
    discontinuities: segments.filter(({ discontinuity }) => discontinuity).length,
  }
}

/** Facts by file; those under `_disagree`, and files only one parser could read, are not judged. */
function known(): [string, Record<string, unknown>][] {
  if (corpusMissing !== undefined) return []
  const all = JSON.parse(corpusText(folder, 'facts.json')) as Record<string, Record<string, unknown>>
  return Object.entries(all).flatMap(([file, facts]) => {
    const agreed = Object.entries(facts).filter(([name]) => !name.startsWith('_'))
    return facts['_one'] === undefined ? [[file, Object.fromEntries(agreed)]] : []
  })
}

describe.skipIf(corpusMissing !== undefined)(
  `the HLS corpus${corpusMissing ? ` (${corpusMissing})` : ''}`,
  () => {
    it.each(files)('%s comes back byte for byte', (file) => {
      const text = corpusText(folder, file)
      expect(writePlaylist(readPlaylist(text))).toBe(text)
    })

    it.each(known())('%s has the facts others see', (file, facts) => {
      expect(factsOf(corpusText(folder, file))).toMatchObject(facts)
    })

    it('has byte ranges, maps, keys and dates as m3u8-parser reads them', () => {
      for (const file of files) {
        const text = corpusText(folder, file)
        const playlist = readPlaylist(text)
        // where ours lists faults, players differ too
        if (playlist.kind !== 'media' || playlist.problems.length > 0) continue
        const parser = new Parser()
        parser.push(text)
        parser.end()
        const theirs = parser.manifest.segments
        const ours = playlist.media.segments
        // variables and low-latency parts are beyond what it reads the same way
        if (text.includes('EXT-X-DEFINE') || text.includes('EXT-X-PART') || text.includes('EXT-X-SKIP'))
          continue
        const seen = ours.map(({ uri, map, byteRange, programDateTimeMs }) => [
          uri,
          map?.uri,
          byteRange?.offset,
          byteRange?.length,
          programDateTimeMs,
        ])
        const theirView = theirs.map(({ uri, map, byterange, dateTimeObject }) => [
          uri,
          map?.uri,
          byterange?.offset,
          byterange?.length,
          dateTimeObject?.getTime(),
        ])
        expect({ file, seen }).toEqual({ file, seen: theirView })
      }
    })
  },
)
