import { array, assert, constantFrom, property, tuple } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readAssetJson } from '../../lib/packaging/assets/asset-json.ts'
import { textNameOf } from '../../lib/packaging/text/name.ts'
import { commitText } from '../../web/src/uploads/commit.ts'
import { planOf, sentNames } from '../../web/src/uploads/grouping.ts'

/** `film.mp4: film.en.srt (text en)`; what is of no film last. */
function sorted(names: string): string[] {
  const { films, loose } = planOf(names.split(', ').map((name) => ({ name })))
  const groups = films.map(({ film, beside }) => {
    const rest = beside.map(
      ({ file, kind, language, purpose }) =>
        `${file.name} (${[kind, language, purpose].filter(Boolean).join(' ')})`,
    )
    return [`${film.name}:`, ...rest].join(' ')
  })
  return loose.length > 0 ? [...groups, `none: ${loose.map(({ name }) => name).join(' ')}`] : groups
}

describe('files that are dropped together', () => {
  it.each([
    ['film.mp4, film.en.srt, film.de.vtt', ['film.mp4: film.en.srt (text en) film.de.vtt (text de)']],
    ['Film.en-forced.srt, film.MP4', ['film.MP4: Film.en-forced.srt (text en forced)']],
    [
      'film.mov, film.sv.m4a, film.pt-BR.sdh.vtt',
      ['film.mov: film.sv.m4a (audio sv) film.pt-BR.sdh.vtt (text pt-BR sdh)'],
    ],
    ['film.mp4, film 2.mp4, film 2.en.srt', ['film.mp4:', 'film 2.mp4: film 2.en.srt (text en)']],
    ['film.mp4, filmed.srt', ['film.mp4:', 'none: filmed.srt']],
    ['film.mp4, de.vtt, de.m4a', ['film.mp4: de.vtt (text de) de.m4a (audio de)']],
    ['a.mp4, b.mp4, de.vtt', ['a.mp4:', 'b.mp4:', 'none: de.vtt']],
    ['song.m4a, a.mp4', ['song.m4a:', 'a.mp4:']],
    ['de.vtt', ['none: de.vtt']],
    ['asset.json, a.mp4', ['a.mp4:', 'none: asset.json']],
  ])('%s', (names, groups) => {
    expect(sorted(names)).toEqual(groups)
  })

  it('are each in one place, whatever they are called', () => {
    const stem = constantFrom('film', 'film 2', 'Film.en', 'de', 'x_y')
    const ending = constantFrom('mp4', 'm4a', 'srt', 'vtt', 'json')
    assert(
      property(array(tuple(stem, ending), { maxLength: 8 }), (names) => {
        const files = names.map(([name, end]) => ({ name: `${name}.${end}` }))
        const { films, loose } = planOf(files)
        const placed = [
          ...films.flatMap(({ film, beside }) => [film, ...beside.map(({ file }) => file)]),
          ...loose,
        ]
        expect(new Set(placed)).toEqual(new Set(files))
        expect(placed).toHaveLength(files.length)
      }),
    )
  })
})

describe('names that texts are sent under', () => {
  it('say what was chosen, as indexing reads it, and no two are alike', () => {
    const text = { kind: 'text', purpose: '', language: 'de' } as const
    const beside = [
      { ...text, file: { name: 'a.srt' } },
      { ...text, file: { name: 'b.srt' } },
      { ...text, file: { name: 'c.vtt' }, language: 'pt-BR', purpose: 'forced' as const },
    ]
    const names = sentNames('film', beside)
    expect(names).toEqual(['film.de.srt', 'film.2.de.srt', 'film.pt-BR.forced.vtt'])
    expect(names.map((name) => textNameOf(name).language)).toEqual(['de', 'de', 'pt-BR'])
  })
})

it('asset.json says of each file what was chosen, as indexing reads it', () => {
  const sent = [
    { key: 'vod/film/film.mp4' },
    { key: 'vod/film/film.sv.m4a', language: 'sv' },
    { key: 'vod/film/film.en.srt', language: 'en', purpose: 'forced' as const },
    { key: 'vod/film/film.de.srt', language: 'de', purpose: 'sdh' as const },
  ]
  expect(readAssetJson(commitText(sent, 'The Film'), 'film')).toEqual({
    title: 'The Film',
    files: [
      { key: 'vod/film/film.mp4' },
      { key: 'vod/film/film.sv.m4a', language: 'sv' },
      { key: 'vod/film/film.en.srt', language: 'en', roles: ['forced-subtitle'] },
      { key: 'vod/film/film.de.srt', language: 'de', roles: ['caption'] },
    ],
  })
})
