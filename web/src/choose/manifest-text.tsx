/**
 * A manifest as text. Its colours are ranges over one text node, not elements: a playlist of thousands of lines
 * stays one thing to select, to copy and to read out.
 */
import { useEffect, useRef } from 'preact/hooks'
import { type Token, tokensOf } from './tokens.ts'

/** Above this, colouring takes longer than anybody looks. */
const maxCharacters = 400_000
const kinds = ['tag', 'name', 'value', 'uri'] as const satisfies readonly Token['kind'][]

export function ManifestText({
  name,
  text,
  loading,
}: {
  readonly name: string
  readonly text: string
  readonly loading: boolean
}) {
  const code = useRef<HTMLElement>(null)
  useEffect(() => {
    const node = code.current?.firstChild
    // Not every browser has it; the text is the same without.
    if (!node || !('highlights' in CSS) || text.length > maxCharacters) return
    const tokens = tokensOf(text)
    for (const kind of kinds) {
      const ranges = tokens
        .filter((token) => token.kind === kind)
        .map(({ from, to }) => rangeOf(node, from, to))
      CSS.highlights.set(`manifest-${kind}`, new Highlight(...ranges))
    }
    return () => {
      for (const kind of kinds) CSS.highlights.delete(`manifest-${kind}`)
    }
  }, [text])
  return (
    <pre class="manifest" tabIndex={0} aria-label={name} aria-busy={loading} data-loading={loading}>
      <code ref={code}>{text}</code>
    </pre>
  )
}

const rangeOf = (node: Node, from: number, to: number): StaticRange =>
  new StaticRange({ startContainer: node, startOffset: from, endContainer: node, endOffset: to })
