/** The forms of a name that is given once: in paths, code, environments and sentences. */
import { CommandError } from '../errors.ts'

/** One name in each form. */
export interface Names {
  /** `live-events`: folders, paths of the API. */
  readonly kebab: string
  /** `liveEvents` */
  readonly camel: string
  /** `LiveEvents`: types, constructs, outputs. */
  readonly pascal: string
  /** `LIVE_EVENTS`: codes of errors, the environment. */
  readonly constant: string
  /** `live events`: in sentences, and `Live events` where they begin with it. */
  readonly words: string
}

/** What templates say in the place of a name. */
const placeholder = formsOf('room-name')

const shape = /^[a-z][a-z0-9]*(?:-[a-z][a-z0-9]*)*$/
const maxLength = 24

/** Words of the language, which no binding may be called. */
const language =
  'abstract arguments as async await break case catch class const continue debugger declare default delete do else enum eval export extends false finally for from function get if implements import in infer instanceof interface is keyof let module namespace new null of package private protected public readonly return satisfies set static super switch symbol this throw true try type typeof undefined unique using var void while with yield'
/** What CONTRIBUTING.md keeps out of names because it says nothing, and words that were retired. */
const empty = 'room data helper manager service shelf util vault'
const reserved = new Set([...language.split(' '), ...empty.split(' ')])

/** The forms of a room's name; throws SCAFFOLD_NAME for what can not be one, and says what can. */
export function roomNames(name: string): Names {
  if (!shape.test(name) || name.length > maxLength)
    throw refused(
      name,
      `a room is called by lower-case words with hyphens between, up to ${maxLength} letters`,
    )
  const names = formsOf(name)
  const last = name.split('-').at(-1) ?? ''
  if (reserved.has(name) || reserved.has(last) || names.camel in globalThis || names.pascal in globalThis)
    throw refused(name, 'code can not be called so, or it says nothing: name what the room keeps or does')
  return names
}

/** A template's text, or the path of one, with a name in the place of the placeholder's. */
export function filled(text: string, names: Names): string {
  const forms = ['kebab', 'camel', 'pascal', 'constant', 'words'] as const
  const named = forms.reduce((done, form) => done.replaceAll(placeholder[form], names[form]), text)
  return named.replaceAll(sentence(placeholder.words), sentence(names.words))
}

/** What is thrown for a name that is refused. */
export const refused = (name: string, why: string): CommandError =>
  new CommandError('SCAFFOLD_NAME', `${name || 'no name'}: ${why}`)

function formsOf(kebab: string): Names {
  const words = kebab.split('-')
  const pascal = words.map(sentence).join('')
  return {
    kebab,
    camel: pascal.charAt(0).toLowerCase() + pascal.slice(1),
    pascal,
    constant: kebab.toUpperCase().replaceAll('-', '_'),
    words: words.join(' '),
  }
}

function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}
