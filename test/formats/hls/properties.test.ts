import * as fc from 'fast-check'
import { Parser } from 'm3u8-parser'
import { describe, expect, it } from 'vitest'
import type {
  HlsKey,
  MediaPlaylist,
  MultivariantPlaylist,
  PlaylistSegment,
} from '../../../lib/formats/hls/playlist.ts'
import { printMediaPlaylist } from '../../../lib/formats/hls/print-media.ts'
import { printMultivariantPlaylist } from '../../../lib/formats/hls/print-multivariant.ts'
import { readPlaylist, writePlaylist } from '../../../lib/formats/hls/read-playlist.ts'
import { outcomes } from '../outcomes.ts'

const word = fc.stringMatching(/^[a-z0-9][A-Za-z0-9/_.-]{0,20}$/)
const quotable = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter((text) => !/["\p{Cc}\p{Zl}\p{Zp}{}]/u.test(text))
const range = fc.record({ offset: fc.nat(), length: fc.integer({ min: 1, max: 1e9 }) })
const seconds = fc.integer({ min: 0, max: 30_000_000 }).map((micro) => micro / 1e6)
const epochMs = fc.integer({ min: 0, max: 4e12 })
const optional = { requiredKeys: ['uri', 'seconds'] as ('uri' | 'seconds')[] }
const hex = fc.stringMatching(/^[0-9a-f]{32}$/)
const key: fc.Arbitrary<HlsKey> = fc.record(
  {
    method: fc.constantFrom('AES-128', 'SAMPLE-AES', 'SAMPLE-AES-CTR'),
    uri: quotable,
    iv: hex,
    keyFormat: word,
  },
  { requiredKeys: ['method', 'uri'] },
)
const segment: fc.Arbitrary<PlaylistSegment> = fc.record(
  {
    uri: word,
    seconds,
    byteRange: range,
    discontinuity: fc.constant(true),
    map: fc.record({ uri: quotable, byteRange: range }, { requiredKeys: ['uri'] }),
    keys: fc.uniqueArray(key, { maxLength: 3, selector: ({ keyFormat }) => keyFormat ?? 'identity' }),
    programDateTimeMs: epochMs,
    gap: fc.constant(true),
    dateRanges: fc.array(fc.record({ id: quotable, startMs: epochMs, durationSeconds: seconds }), {
      maxLength: 2,
    }),
  },
  optional,
)
type Listed = MediaPlaylist & { readonly segments: readonly PlaylistSegment[] }
const playlist: fc.Arbitrary<Listed> = fc.record({
  targetSeconds: fc.integer({ min: 1, max: 60 }),
  mediaSequence: fc.nat(),
  discontinuitySequence: fc.nat(),
  endList: fc.boolean(),
  independentSegments: fc.boolean(),
  segments: fc.array(segment, { maxLength: 12 }),
})

const variant = fc.record(
  {
    uri: word,
    bandwidth: fc.integer({ min: 1, max: 1e8 }),
    averageBandwidth: fc.integer({ min: 1, max: 1e8 }),
    codecs: fc.array(word, { maxLength: 3 }),
    resolution: fc.record({
      width: fc.integer({ min: 1, max: 8000 }),
      height: fc.integer({ min: 1, max: 8000 }),
    }),
    videoRange: fc.constantFrom('SDR', 'HLG', 'PQ'),
    stableVariantId: word,
  },
  { requiredKeys: ['uri', 'bandwidth', 'codecs'] },
)
const multivariant: fc.Arbitrary<MultivariantPlaylist> = fc.record({
  independentSegments: fc.boolean(),
  variants: fc.array(variant, { minLength: 1, maxLength: 6 }),
  iFrames: fc.array(variant, { maxLength: 2 }),
  sessionKeys: fc.array(key, { maxLength: 2 }),
  media: fc.array(
    fc.record({
      type: fc.constantFrom('AUDIO', 'SUBTITLES'),
      groupId: quotable,
      name: quotable,
      language: word,
      uri: quotable,
      isDefault: fc.boolean(),
      autoselect: fc.constant(true),
    }),
    { maxLength: 4 },
  ),
})

/** What holds for each segment once state is worked out, from the facts that were printed. */
function inForce({ segments, mediaSequence }: Listed) {
  let map: PlaylistSegment['map']
  let keys: readonly HlsKey[] = []
  return segments.map((facts, i) => {
    map = facts.map ?? map
    keys = facts.keys ?? keys
    return {
      uri: facts.uri,
      seconds: facts.seconds,
      sequence: mediaSequence + i,
      discontinuity: facts.discontinuity === true,
      gap: facts.gap === true,
      keys: keys.map(({ iv, ...rest }) => ({ ...rest, ...(iv !== undefined && { iv: `0x${iv}` }) })),
      dateRanges: facts.dateRanges ?? [],
      ...(facts.byteRange && { byteRange: facts.byteRange }),
      ...(map && { map }),
      ...(facts.programDateTimeMs !== undefined && { programDateTimeMs: facts.programDateTimeMs }),
    }
  })
}

describe('what is printed', () => {
  it('is read as the same media playlist', () => {
    fc.assert(
      fc.property(playlist, (facts) => {
        const text = printMediaPlaylist(facts)
        const read = readPlaylist(text)
        expect(read.problems).toEqual([])
        expect(writePlaylist(read)).toBe(text)
        if (read.kind !== 'media') throw new Error(read.kind)
        const { targetSeconds, mediaSequence, discontinuitySequence, endList, independentSegments } =
          read.media
        expect({ targetSeconds, mediaSequence, discontinuitySequence, endList, independentSegments }).toEqual(
          {
            ...facts,
            segments: undefined,
          },
        )
        expect(read.media.segments).toEqual(
          inForce(facts).map((one) => ({ ...one, lines: expect.anything() })),
        )
      }),
      { numRuns: 300 },
    )
  })

  it('is read the same way by m3u8-parser', () => {
    fc.assert(
      fc.property(playlist, (facts) => {
        const parser = new Parser()
        parser.push(printMediaPlaylist(facts))
        parser.end()
        const { manifest } = parser
        expect(manifest.targetDuration).toBe(facts.targetSeconds)
        expect(manifest.mediaSequence ?? 0).toBe(facts.mediaSequence)
        expect(manifest.endList === true).toBe(facts.endList)
        expect(manifest.segments.map(({ uri }) => uri)).toEqual(facts.segments.map(({ uri }) => uri))
        // it turns a duration of 0 into 0.01
        const lengths = facts.segments.map((one) => one.seconds || 0.01)
        expect(manifest.segments.map(({ duration }) => duration)).toEqual(lengths)
        expect(manifest.segments.map(({ map }) => map?.uri)).toEqual(
          inForce(facts).map(({ map }) => map?.uri),
        )
      }),
      { numRuns: 200 },
    )
  })

  it('is read as the same multivariant playlist', () => {
    fc.assert(
      fc.property(multivariant, (facts) => {
        const read = readPlaylist(printMultivariantPlaylist(facts))
        if (read.kind !== 'multivariant') throw new Error(read.kind)
        const { variants, media, iFrames, independentSegments } = read.multivariant
        const keys = read.multivariant.sessionKeys.map((placed) => placed.facts)
        expect(read.problems).toEqual([])
        expect({
          independentSegments,
          variants: variants.map((placed) => placed.facts),
          media: media.map((placed) => placed.facts),
          iFrames: iFrames.map((placed) => placed.facts),
          sessionKeys: keys.map(({ iv, ...rest }) => ({
            ...rest,
            ...(iv !== undefined && { iv: iv.slice(2) }),
          })),
        }).toEqual(facts)
      }),
      { numRuns: 200 },
    )
  })
})

describe('any text', () => {
  const pieces = [
    '#EXTM3U',
    '#EXT-X-TARGETDURATION:',
    '#EXTINF:',
    '#EXT-X-KEY:METHOD=',
    '#EXT-X-MAP:URI="',
    '#EXT-X-BYTERANGE:',
    '#EXT-X-DATERANGE:ID="',
    '#EXT-X-DEFINE:NAME="a",VALUE="',
    '#EXT-X-STREAM-INF:BANDWIDTH=',
    '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="',
    '{$a}',
    '","',
    '=',
    ',',
    '@',
    '\n',
    '\r\n',
    '9007199254740993',
    '-1.5',
  ]
  const text = fc
    .array(fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...pieces) }, fc.string({ maxLength: 6 })), {
      maxLength: 60,
    })
    .map((parts) => parts.join(''))
  const sound = [
    '#EXTM3U',
    '#EXT-X-TARGETDURATION:6',
    '#EXTINF:6,',
    'a.ts',
    '#EXTINF:5.5,',
    'b.ts',
    '#EXT-X-ENDLIST',
    '',
  ]
  /** A playlist that breaks no rule, with a piece between two of its lines at most. */
  const nearlySound = fc
    .tuple(fc.nat(sound.length), fc.option(fc.constantFrom(...pieces, '', '# a comment'), { nil: undefined }))
    .map(([at, piece]) => sound.toSpliced(at, 0, ...(piece === undefined ? [] : [piece])).join('\n'))

  it('is written back byte for byte, or refused with a code', () => {
    const [seen, strictly] = [outcomes(), outcomes()]
    fc.assert(
      fc.property(fc.oneof({ weight: 4, arbitrary: text }, nearlySound), (input) => {
        seen.count(() => expect(writePlaylist(readPlaylist(input))).toBe(input))
        strictly.count(() => readPlaylist(input, { strict: true }))
      }),
      { numRuns: 2000, seed: 9 },
    )
    seen.expectBoth(50)
    strictly.expectBoth(50)
  })
})
