/** Resolves references (RFC 3986 5.2), even against a relative base. */

/** Resolves `reference` against `base`; an empty base leaves it unchanged. */
export function resolveUrl(base: string, reference: string): string {
  if (base === '' || ABSOLUTE.test(reference)) return reference
  if (reference === '') return base
  if (ABSOLUTE.test(base)) return URL.canParse(reference, base) ? new URL(reference, base).href : reference
  if (reference.startsWith('/')) return reference
  const path = base.replace(/[?#].*$/s, '')
  return withoutDots(path.slice(0, path.lastIndexOf('/') + 1) + reference)
}

const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+.-]*:/

/** `a/../b` becomes `b`; leading `..` segments stay. */
function withoutDots(path: string): string {
  const query = path.search(/[?#]/)
  const end = query < 0 ? path.length : query
  const kept: string[] = []
  const parts = path.slice(0, end).split('/')
  parts.forEach((part, i) => {
    const last = kept.at(-1)
    if (part === '..' && last !== undefined && last !== '..' && last !== '') kept.pop()
    else if (part !== '.') kept.push(part)
    // a path that ends in dots ends in a slash
    if ((part === '.' || part === '..') && i === parts.length - 1 && kept.at(-1) !== '..') kept.push('')
  })
  return kept.join('/') + path.slice(end)
}
