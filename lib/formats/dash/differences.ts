/**
 * What an MPD has that an earlier one had not, as operations of RFC 5261. Written so that dash.js and Shaka Player apply
 * them, whose XPath knows an id or a position in each step and nothing else.
 */
import { escapeText, printFragment, type XmlElement } from '../xml/print.ts'
import { mpdNamespace } from './print-mpd.ts'

/**
 * The operations in document order; undefined if more than this differs: attributes, segments at the end of a
 * SegmentTimeline, Periods at the end, elements of text.
 */
export function differences(before: XmlElement, after: XmlElement): readonly XmlElement[] | undefined {
  const operations: XmlElement[] = []
  const path = `/${after.name}`
  return compare({ before, after, path, operations }) ? operations : undefined
}

/** An operation; elements in it are of an MPD. */
export const operation = (
  name: 'add' | 'replace' | 'remove',
  attributes: XmlElement['attributes'],
  children: readonly (XmlElement | string)[],
): XmlElement => ({
  name,
  attributes,
  children: children.map((child) =>
    typeof child === 'string'
      ? escapeText(child)
      : { ...child, attributes: { xmlns: mpdNamespace, ...child.attributes } },
  ),
})

interface Compared<Of = XmlElement> {
  readonly before: Of
  readonly after: Of
  readonly path: string
  /** What was found so far. */
  readonly operations: XmlElement[]
}

function compare(compared: Compared): boolean {
  const { before, after, path, operations } = compared
  const lists = { before: [...(before.children ?? [])], after: [...(after.children ?? [])] }
  const isText = [...lists.before, ...lists.after].some((child) => typeof child === 'string')
  if (isText) {
    if (printFragment(before) !== printFragment(after))
      operations.push(operation('replace', { sel: path }, [after]))
    return true
  }
  if (!compareAttributes(compared)) return false
  const elements = {
    ...compared,
    before: lists.before.filter(isElement),
    after: lists.after.filter(isElement),
  }
  return after.name === 'SegmentTimeline' ? compareTimelines(elements) : compareChildren(elements)
}

const isElement = (child: XmlElement | string): child is XmlElement => typeof child !== 'string'

function compareAttributes({ before, after, path, operations }: Compared): boolean {
  const [old, now] = [before.attributes ?? {}, after.attributes ?? {}]
  for (const name of new Set([...Object.keys(old), ...Object.keys(now)])) {
    const value = now[name]
    if (old[name] === value) continue
    // A namespace can not be declared later, and no selector of an attribute has a prefix.
    if (name === 'xmlns' || name.includes(':')) return false
    const sel = `${path}/@${name}`
    if (value === undefined) operations.push(operation('remove', { sel }, []))
    else if (old[name] !== undefined) operations.push(operation('replace', { sel }, [String(value)]))
    else operations.push(operation('add', { sel: path, type: `@${name}` }, [String(value)]))
  }
  return true
}

type Elements = readonly XmlElement[]

function compareChildren({ before, after, path, operations }: Compared<Elements>): boolean {
  const names = new Set([...before, ...after].map(({ name }) => name))
  return [...names].every((name) => {
    const old = before.filter((child) => child.name === name)
    const now = after.filter((child) => child.name === name)
    const paths = old.map((child, i) => `${path}/${step(child, { i, isOnly: old.length === 1 })}`)
    const areSame = old.every((child, i) => {
      const other = now[i]
      const childPath = paths[i]
      if (!other || childPath === undefined || idOf(child) !== idOf(other)) return false
      return compare({ before: child, after: other, path: childPath, operations })
    })
    const added = now.slice(old.length)
    if (!areSame || added.length === 0) return areSame
    const last = paths.at(-1)
    if (name !== 'Period' || last === undefined) return false
    operations.push(operation('add', { sel: last, pos: 'after' }, added))
    return true
  })
}

const idOf = ({ attributes }: XmlElement): string | undefined =>
  attributes?.['id'] === undefined ? undefined : String(attributes['id'])

function step(element: XmlElement, { i, isOnly }: { readonly i: number; readonly isOnly: boolean }): string {
  const { name } = element
  const id = idOf(element)
  if (id !== undefined && /^[\w.-]+$/.test(id)) return `${name}[@id='${id}']`
  // Shaka Player replaces a PatchLocation by its position alone, and adds it otherwise.
  return isOnly && name !== 'PatchLocation' ? name : `${name}[${i + 1}]`
}

/** The last S is replaced as a whole, for Shaka Player adds no attribute. */
function compareTimelines({ before, after, path, operations }: Compared<Elements>): boolean {
  const last = before.length - 1
  const isSame = (i: number) => {
    const [old, now] = [before[i]?.attributes, after[i]?.attributes]
    return old && now && old['t'] === now['t'] && old['d'] === now['d'] && old['r'] === now['r']
  }
  for (let i = 0; i < last; i++) if (!isSame(i)) return false
  const [changed, ...added] = after.slice(Math.max(0, last))
  if (last < 0 || !changed) return before.length === after.length
  if (!isSame(last)) operations.push(operation('replace', { sel: `${path}/S[${last + 1}]` }, [changed]))
  if (added.length > 0) operations.push(operation('add', { sel: path }, added))
  return true
}
