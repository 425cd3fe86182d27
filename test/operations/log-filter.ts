/** Filter patterns of CloudWatch Logs over JSON lines, as far as ours go: `{ $.level = "ERROR" && $.error.code != "X*" }`. */

/** A line of a log group, parsed. */
export type LogEvent = Readonly<Record<string, unknown>>

type Test = (event: LogEvent) => boolean

/** Whether lines fit a pattern; a pattern beyond what is read here throws. */
export function logFilter(pattern: string): Test {
  const inner = /^\{(.*)\}$/s.exec(pattern.trim())?.[1]
  if (inner === undefined) throw new Error(`${pattern}: expected a JSON pattern in braces`)
  const tokens =
    inner.match(/"(?:[^"\\]|\\.)*"|\$(?:\.[\w-]+)+|&&|\|\||[<>!]?=|[<>()*]|-?\d+(?:\.\d+)?/g) ?? []
  if (tokens.join('') !== inner.replaceAll(/\s+(?=(?:[^"]*"[^"]*")*[^"]*$)/g, ''))
    throw new Error(`${pattern}: a part of it is not read here`)
  let at = 0
  const next = (): string => {
    const token = tokens[at++]
    if (token === undefined) throw new Error(`${pattern}: ends too early`)
    return token
  }
  const either = (): Test => {
    const parts = [both()]
    while (tokens[at] === '||') {
      at++
      parts.push(both())
    }
    return (event) => parts.some((part) => part(event))
  }
  const both = (): Test => {
    const parts = [one()]
    while (tokens[at] === '&&') {
      at++
      parts.push(one())
    }
    return (event) => parts.every((part) => part(event))
  }
  const one = (): Test => {
    const first = next()
    if (first === '(') {
      const inside = either()
      if (next() !== ')') throw new Error(`${pattern}: expected )`)
      return inside
    }
    const path = first.split('.').slice(1)
    if (path.length === 0) throw new Error(`${pattern}: expected a selector, got ${first}`)
    return comparison(path, next(), next())
  }
  const test = either()
  if (at < tokens.length) throw new Error(`${pattern}: goes on after its end`)
  return test
}

/** What stands at a selector, of any type; undefined where nothing does. */
function selected(event: LogEvent, path: readonly string[]): unknown {
  let here: unknown = event
  for (const name of path)
    here = typeof here === 'object' && here !== null ? (here as Record<string, unknown>)[name] : undefined
  return here
}

function comparison(path: readonly string[], operator: string, wanted: string): Test {
  if (wanted === '*' && operator === '=') return (event) => selected(event, path) !== undefined
  const compare = wanted.startsWith('"') ? textOf(wanted) : numberOf(Number(wanted))
  return (event) => {
    const value = selected(event, path)
    // A member that is not there fits nothing, not even `!=`.
    return value !== undefined && compare(value, operator)
  }
}

function textOf(quoted: string) {
  const wanted = JSON.parse(quoted) as string
  const pattern = new RegExp(
    `^${wanted.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`,
    's',
  )
  return (value: unknown, operator: string): boolean => {
    if (operator !== '=' && operator !== '!=') throw new Error(`a text is not compared by ${operator}`)
    return pattern.test(String(value)) === (operator === '=')
  }
}

function numberOf(wanted: number) {
  return (value: unknown, operator: string): boolean => {
    if (typeof value !== 'number') return false
    switch (operator) {
      case '=':
        return value === wanted
      case '!=':
        return value !== wanted
      case '<':
        return value < wanted
      case '>':
        return value > wanted
      case '<=':
        return value <= wanted
      default:
        return value >= wanted
    }
  }
}
