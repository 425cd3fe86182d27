/** Which behaviour takes a path: the first whose pattern matches. */
import type { Behaviour } from './config.ts'

/** The choice is made on the viewer's path, before any function changes it. */
export function chooseBehaviour(behaviours: readonly Behaviour[], uri: string): Behaviour | undefined {
  return behaviours.find(({ pathPattern }) => matchesPattern(pathPattern, uri))
}

const compiled = new Map<string, RegExp>()

/** `*` stands for any run of characters, `?` for one; a leading slash may be left out. Case matters. */
function matchesPattern(pattern: string, uri: string): boolean {
  let expression = compiled.get(pattern)
  if (expression === undefined) {
    const path = pattern.startsWith('/') || pattern === '*' ? pattern : `/${pattern}`
    const source = path
      .replaceAll(/[\\^$.|+()[\]{}]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')
    expression = new RegExp(`^${source}$`, 's')
    compiled.set(pattern, expression)
  }
  return expression.test(uri)
}
