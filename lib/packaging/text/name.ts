/** Reads language and purpose from a subtitle file name: `film.pt-BR.vtt`, `en-forced.srt`, `de.sdh.vtt`. */
import { bcp47 } from '../assets/language.ts'

/** Language and purpose, as far as the name states them. */
export interface TextName {
  readonly language?: string
  /** DASH roles; one of them is the kind of text. */
  readonly roles: readonly string[]
}

/** Parses a file name; words are read from its end, where people put them. */
export function textNameOf(fileName: string): TextName {
  const words = fileName
    .replace(/^.*\//, '')
    .replace(/\.[^.]*$/, '')
    .split(/[.\s]+/)
    .flatMap(flagsApart)
  const roles = new Set<string>()
  let language: string | undefined
  for (const word of words.toReversed()) {
    const role = purposes.get(word.toLowerCase())
    if (role) roles.add(role)
    else if (language === undefined) language = languageAtEnd(word)
    if (!role && language === undefined) break
  }
  return { ...(language && { language }), roles: kindOfText([...roles]) }
}

/** The same of the name of a feed's stream, whose folders may say it, too: `subs/en/seg`. */
export function textFactsOf(stream: string): TextName {
  const names = stream.split('/').map((part) => textNameOf(`${part}.vtt`))
  return names.findLast(({ language }) => language !== undefined) ?? names.at(-1) ?? { roles: kindOfText([]) }
}

/** Adds the role `subtitle` if none states the kind of text. */
export const kindOfText = (roles: readonly string[]): readonly string[] =>
  roles.some((role) => textKinds.has(role)) ? roles : ['subtitle', ...roles]

const textKinds = new Set(['subtitle', 'caption', 'forced-subtitle'])

/** Common words for captions, forced subtitles and defaults. */
const purposes: ReadonlyMap<string, string> = new Map([
  ['forced', 'forced-subtitle'],
  ['sdh', 'caption'],
  ['hoh', 'caption'],
  ['cc', 'caption'],
  ['caption', 'caption'],
  ['captions', 'caption'],
  ['default', 'main'],
  ['subtitle', 'subtitle'],
  ['subtitles', 'subtitle'],
  ['subs', 'subtitle'],
])

/** Splits off purposes: `en-forced` is two words, `pt-BR` is one. */
function flagsApart(word: string): string[] {
  const parts = word.split(/[-_]/)
  const first = parts.findIndex((part) => purposes.has(part.toLowerCase()))
  return first < 0 ? [word] : [parts.slice(0, first).join('-'), ...parts.slice(first)].filter(Boolean)
}

/** The longest suffix of a word that is the tag of a known language: `pt-BR` of `film-pt-BR`. */
function languageAtEnd(word: string): string | undefined {
  const parts = word.split(/[-_]/)
  for (let from = 0; from < parts.length; from++) {
    const tag = bcp47(parts.slice(from).join('-'))
    if (tag !== undefined && isSpoken(tag)) return tag
  }
  return undefined
}

const named = (type: 'language' | 'region' | 'script') =>
  new Intl.DisplayNames('en', { type, fallback: 'none' })

/** Created on first use: they take longer to load than most films to index. */
let names: Readonly<Record<'language' | 'region' | 'script', Intl.DisplayNames>> | undefined

/** Whether a tag has a known name; any four letters form a valid tag. */
function isSpoken(tag: string): boolean {
  const { language, region, script } = new Intl.Locale(tag)
  names ??= { language: named('language'), region: named('region'), script: named('script') }
  return (
    names.language.of(language) !== undefined &&
    (region === undefined || names.region.of(region) !== undefined) &&
    (script === undefined || names.script.of(script) !== undefined)
  )
}
