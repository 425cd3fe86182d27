/** EXT-X-DEFINE and variable substitution (RFC 8216bis 4.3, 4.4.2.3). */
import { type AttributeList, shown, textOf } from './attribute-list.ts'
import type { Report } from './problem.ts'

/** The sources of imported and query variables. */
export interface VariableSources {
  /** Variables of the Multivariant Playlist, for IMPORT. */
  readonly imports?: ReadonlyMap<string, string>
  /** Query parameters of the playlist's own URI, for QUERYPARAM. */
  readonly query?: ReadonlyMap<string, string>
}

/** The variables of a playlist; each is defined from the line after its definition on. */
export class Variables {
  readonly values = new Map<string, string>()
  readonly #lines = new Map<string, number>()
  readonly #sources: VariableSources
  readonly #report: Report
  #grown = 0

  constructor(sources: VariableSources, report: Report) {
    this.#sources = sources
    this.#report = report
  }

  /** Processes an EXT-X-DEFINE. */
  define(attributes: AttributeList, line: number): void {
    const { imports, query } = this.#sources
    const [name, imported, queried] = ['NAME', 'IMPORT', 'QUERYPARAM'].map((key) => textOf(attributes, key))
    if ([name, imported, queried].filter((key) => key !== undefined).length !== 1) {
      this.#report('HLS_VARIABLE_DEFINE', line, 'expected exactly one of NAME, IMPORT and QUERYPARAM')
    }
    if (name !== undefined) this.#set(name, textOf(attributes, 'VALUE'), line)
    else if (imported !== undefined) this.#set(imported, imports?.get(imported), line)
    else if (queried !== undefined) this.#set(queried, query?.get(queried), line)
  }

  /** `text` with every `{$name}` replaced; an undefined one stays and is reported. */
  readonly replace = (text: string, line: number): string => {
    let open = text.indexOf('{$')
    if (open < 0) return text
    let out = ''
    let from = 0
    for (; open >= 0; open = text.indexOf('{$', from)) {
      const close = text.indexOf('}', open)
      const name = close < 0 ? '' : text.slice(open + 2, close)
      const isAbove = (this.#lines.get(name) ?? line) < line
      const value = isAbove ? this.values.get(name) : undefined
      if (value === undefined && VARIABLE_NAME.test(name)) {
        this.#report('HLS_VARIABLE_UNDEFINED', line, `{$${name}} is not defined above`)
      }
      const next = value === undefined ? open + 2 : close + 1
      out += text.slice(from, open) + (value ?? '{$')
      from = next
      // a value may be used many times: a few lines must not expand to a large playlist
      this.#grown += value?.length ?? 0
      if (this.#grown > MAX_GROWN) {
        this.#report(
          'HLS_VARIABLE_SIZE',
          line,
          `substitution makes the playlist more than ${MAX_GROWN} longer`,
        )
        return text
      }
    }
    return out + text.slice(from)
  }

  #set(name: string, value: string | undefined, line: number): void {
    if (!VARIABLE_NAME.test(name)) this.#report('HLS_VARIABLE_NAME', line, `no variable name: ${shown(name)}`)
    else if (this.values.has(name)) this.#report('HLS_VARIABLE_TWICE', line, `${name} is defined twice`)
    else if (value === undefined) this.#report('HLS_VARIABLE_VALUE', line, `${name} has no value`)
    else {
      this.values.set(name, value)
      this.#lines.set(name, line)
    }
  }
}

const VARIABLE_NAME = /^[A-Za-z0-9_-]{1,128}$/
const MAX_GROWN = 8_388_608
