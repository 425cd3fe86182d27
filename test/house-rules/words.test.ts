/** Identifiers speak the field's language: words that were retired do not come back. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { sourceFiles } from './sources.ts'

/** What an identifier may not be, and what the field says. */
const retired: readonly (readonly [RegExp, string])[] = [
  [/^[A-Z]\w*Room$|^\w+Room$/, '...Ports for what a handler is given, ...Budget for a bound'],
  [/[sS]helf$|[vV]ault$/, '...Store for what reads and writes AWS'],
  [/^(?:most|longest|soonest|least|usual)[A-Z]/, 'max..., earliest..., min..., default...'],
  [/^someAtOnce$/, 'mapConcurrently'],
  [/^happened(?:Alone)?$/, 'conditionHeld, committed'],
  [/^(?:may(?:Do|Touch|UseKey))$/, 'grantActions, grantObjects, grantKey'],
  [/^frontHeader$/, 'originVerifyHeader'],
  [/[wW]inding/, 'trickPlay'],
  [/[sS]ideCar/, 'sidecar'],
  [
    /^(?:Film|[wW]ish(?:es)?|Asker|KeyWish|KeyBox)$|FilmTrack|indexFilms/,
    'Asset, SourceTrack, KeyRequest, Requester, PsshTemplate',
  ],
  [/SegmentSealer|sealUntil/, 'SegmentEncryptor'],
]

const comments = /\/\*[\s\S]*?\*\/|\/\/[^\n]*/g
const texts = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g
const names = /[A-Za-z_$][\w$]*/g

/** Identifiers of code, as far as no text or comment has them. */
const identifiersOf = (code: string): ReadonlySet<string> =>
  new Set(code.replace(comments, '').replace(texts, '').match(names))

describe('words', () => {
  it('are found in code and not in comments or texts', () => {
    const found = identifiersOf("const mayDo = 'winding' // mostKept\n/** Film */ let sideCarOf")
    expect([...found]).toEqual(['const', 'mayDo', 'let', 'sideCarOf'])
  })

  it.each(sourceFiles('lib', 'lambdas', 'bin'))('of %s are those of the field', (file) => {
    for (const name of identifiersOf(readFileSync(file, 'utf8')))
      for (const [word, instead] of retired)
        expect.soft(word.test(name), `${file}: ${name}; say ${instead}`).toBe(false)
  })
})
