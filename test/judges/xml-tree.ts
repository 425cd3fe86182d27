/** XML read by libxml2, which is not ours, into plain objects. */
import { XmlDocument, XmlElement, XmlError, XmlText } from 'libxml2-wasm'

/** An element by its local name; attributes by theirs, `cenc:default_KID` under `default_KID`. */
export interface Tree {
  readonly name: string
  readonly namespace: string
  readonly line: number
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly Tree[]
  readonly text: string
  readonly parent: Tree | undefined
}

/** The root; undefined where the text is not well-formed. */
export function treeOf(text: string): Tree | undefined {
  let document: XmlDocument | undefined
  try {
    document = XmlDocument.fromString(text)
    return grow(document.root, undefined)
  } catch (error) {
    if (error instanceof XmlError) return undefined
    throw error
  } finally {
    document?.dispose()
  }
}

/** Children of one name. */
export function childrenOf(tree: Tree | undefined, name: string): Tree[] {
  return tree?.children.filter((child) => child.name === name) ?? []
}

/** The first child of one name. */
export function childOf(tree: Tree | undefined, name: string): Tree | undefined {
  return tree?.children.find((child) => child.name === name)
}

/** Every element below, itself included. */
export function* walk(tree: Tree): Generator<Tree> {
  yield tree
  for (const child of tree.children) yield* walk(child)
}

function grow(node: XmlElement, parent: Tree | undefined): Tree {
  const children: Tree[] = []
  const tree = {
    name: node.name,
    namespace: node.namespaceUri,
    line: node.line,
    attributes: Object.fromEntries(node.attrs.map((attribute) => [attribute.name, attribute.value])),
    children,
    text: '',
    parent,
  }
  let text = ''
  for (let child = node.firstChild; child; child = child.next) {
    if (child instanceof XmlElement) children.push(grow(child, tree))
    else if (child instanceof XmlText) text += child.content
  }
  return Object.assign(tree, { text: text.trim() })
}
