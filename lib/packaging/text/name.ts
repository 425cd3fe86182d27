/** What the name of a file of subtitles says: `film.pt-BR.vtt`, `en-forced.srt`, `de.sdh.vtt`. */
import { bcp47 } from '../assets/language.ts'

/** Language and purpose, as far as the name tells. */
export interface TextName {
  readonly language?: string
  /** DASH roles; one of them says what kind of text it is. */
  readonly roles: readonly string[]
}

/** Reads a file's name; words are looked for from its end, where people put them. */
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

/** Exactly one of them says what the text is for; `subtitle` where nothing does. */
export const kindOfText = (roles: readonly string[]): readonly string[] =>
  roles.some((role) => textKinds.has(role)) ? roles : ['subtitle', ...roles]

const textKinds = new Set(['subtitle', 'caption', 'forced-subtitle'])

/** Words people use for captions of those who don't hear, and for what everybody needs. */
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

/** `en-forced` is two words, `pt-BR` is one. */
function flagsApart(word: string): string[] {
  const parts = word.split(/[-_]/)
  const first = parts.findIndex((part) => purposes.has(part.toLowerCase()))
  return first < 0 ? [word] : [parts.slice(0, first).join('-'), ...parts.slice(first)].filter(Boolean)
}

/** The longest end of a word that is the tag of a language somebody speaks: `film-pt-BR` ends with one. */
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

/** Made when first asked for: they take longer to load than most films to index. */
let names: Readonly<Record<'language' | 'region' | 'script', Intl.DisplayNames>> | undefined

/** Any four letters make a tag; only those are one that have a name. */
function isSpoken(tag: string): boolean {
  const { language, region, script } = new Intl.Locale(tag)
  names ??= { language: named('language'), region: named('region'), script: named('script') }
  return (
    names.language.of(language) !== undefined &&
    (region === undefined || names.region.of(region) !== undefined) &&
    (script === undefined || names.script.of(script) !== undefined)
  )
}
