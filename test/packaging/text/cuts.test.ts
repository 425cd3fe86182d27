/** How texts are cut, and what names of files say. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readWvttSample } from '../../../lib/formats/isobmff/wvtt-sample.ts'
import type { Cue } from '../../../lib/formats/webvtt/cue.ts'
import { readRoles } from '../../../lib/packaging/assets/asset-roles.ts'
import { textNameOf } from '../../../lib/packaging/text/name.ts'
import { cueTimes, wvttMedia } from '../../../lib/packaging/text/samples.ts'
import { spansOf } from '../../../lib/packaging/text/spans.ts'

const cuesOf = fc
  .array(
    fc.tuple(fc.nat({ max: 40_000 }), fc.integer({ min: 1, max: 15_000 }), fc.constantFrom('a', 'b', 'c')),
  )
  .map((list) =>
    list
      .map(([startMs, length, text]): Cue => ({ startMs, endMs: startMs + length, text }))
      .toSorted((a, b) => a.startMs - b.startMs),
  )
const timescale = fc.constantFrom(1000, 12_800, 24_000, 90_000)
const boundariesOf = (scale: number): number[] => [0, 6, 12.012, 17, 24].map((at) => Math.round(at * scale))

describe('texts that are cut', () => {
  it('fill every segment, and are shown exactly when they were', () => {
    fc.assert(
      fc.property(cuesOf, timescale, (cues, scale) => {
        const boundaries = boundariesOf(scale)
        const times = cueTimes(cues, scale)
        const segments = spansOf(times, boundaries)
        expect(segments).toHaveLength(4)
        let at = 0
        const shownTicks = cues.map(() => 0)
        for (const [i, spans] of segments.entries()) {
          expect(spans[0]?.from).toBe(boundaries[i])
          expect(spans.at(-1)?.to).toBe(boundaries[i + 1])
          for (const { from, to, shown } of spans) {
            expect(from).toBe(at)
            expect(to).toBeGreaterThan(from)
            at = to
            for (const one of shown) {
              shownTicks[one] = (shownTicks[one] ?? 0) + to - from
              expect((times[one]?.from ?? 0) <= from && to <= (times[one]?.to ?? 0)).toBe(true)
            }
          }
        }
        const end = boundaries.at(-1) ?? 0
        expect(shownTicks).toEqual(
          times.map(({ from, to }) => Math.max(0, Math.min(to, end) - Math.min(from, end))),
        )
      }),
    )
  })

  it('are samples whose parts say that they are one cue', () => {
    fc.assert(
      fc.property(cuesOf, timescale, (cues, scale) => {
        const { bytes, segments } = wvttMedia(cues, { boundaries: boundariesOf(scale), timescale: scale })
        const parts = new Map<number, string>()
        let at = 0
        for (const { sizes, durations, extents } of segments) {
          expect(extents).toEqual([{ offset: at, length: sizes.reduce((sum, size) => sum + size, 0) }])
          expect(durations.every((duration) => duration > 0)).toBe(true)
          for (const size of sizes) {
            for (const { sourceId, text } of readWvttSample(bytes.subarray(at, at + size))) {
              if (sourceId === undefined) continue
              expect(parts.get(sourceId) ?? text).toBe(text)
              parts.set(sourceId, text)
              expect(cues[sourceId]?.text).toBe(text)
            }
            at += size
          }
        }
        expect(at).toBe(bytes.length)
      }),
    )
  })
})

describe('the name of a file', () => {
  it.each([
    ['en.vtt', 'en', ['subtitle']],
    ['vod/film/film.pt-BR.vtt', 'pt-BR', ['subtitle']],
    ['en-forced.srt', 'en', ['forced-subtitle']],
    ['de.sdh.vtt', 'de', ['caption']],
    ['Film.2021.eng.vtt', 'en', ['subtitle']],
    ['film_zh-Hant.vtt', 'zh-Hant', ['subtitle']],
    ['film-es_419.cc.vtt', 'es-419', ['caption']],
    ['nb.default.vtt', 'nb', ['subtitle', 'main']],
    ['hi.vtt', 'hi', ['subtitle']],
    ['subtitles.fr.vtt', 'fr', ['subtitle']],
    ['film.vtt', undefined, ['subtitle']],
    ['trailer.forced.vtt', undefined, ['forced-subtitle']],
    ['.vtt', undefined, ['subtitle']],
  ])('%s says %s %j', (name, language, roles) => {
    expect(textNameOf(name)).toEqual({ roles, ...(language && { language }) })
  })
})

describe('roles in asset.json', () => {
  it.each([
    [{}, undefined],
    [{ forced: true, language: 'en' }, ['forced-subtitle']],
    [{ roles: ['caption'], default: true }, ['caption', 'main']],
    [{ roles: ['commentary'], forced: false }, ['commentary']],
    [{ roles: ['hero'] }, null],
    [{ roles: 'caption' }, null],
    [{ forced: 'yes' }, null],
  ])('%j are %j', (facts, roles) => expect(readRoles(facts)).toEqual(roles))
})
