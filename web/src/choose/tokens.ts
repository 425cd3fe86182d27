/** Where the words of a manifest are, so that they can be coloured: playlists line by line, XML tag by tag. */

/** A piece of text and what it is. */
export interface Token {
  readonly from: number
  readonly to: number
  readonly kind: 'tag' | 'name' | 'value' | 'uri'
}

/** Tokens of a playlist or of an MPD. */
export const tokensOf = (text: string): readonly Token[] =>
  text.startsWith('#EXTM3U') ? playlistTokens(text) : xmlTokens(text)

function playlistTokens(text: string): readonly Token[] {
  const tokens: Token[] = []
  for (let from = 0; from < text.length; ) {
    const newline = text.indexOf('\n', from)
    const end = newline < 0 ? text.length : newline
    if (text[from] !== '#') tokens.push({ from, to: end, kind: 'uri' })
    else {
      const colon = text.indexOf(':', from)
      const to = colon < 0 || colon > end ? end : colon
      tokens.push({ from, to, kind: 'tag' })
      attributeTokens(text, { from: to, to: end }, tokens)
    }
    from = end + 1
  }
  return tokens.filter(({ from, to }) => to > from)
}

/** `NAME=value` and `"quoted"`, whatever stands between. */
function attributeTokens(
  text: string,
  { from, to }: { readonly from: number; readonly to: number },
  tokens: Token[],
): void {
  for (const match of text.slice(from, to).matchAll(/([A-Za-z][\w:.-]*)=|"[^"]*"/g)) {
    const at = from + match.index
    const name = match[1]
    tokens.push(
      name === undefined
        ? { from: at, to: at + match[0].length, kind: 'value' }
        : { from: at, to: at + name.length, kind: 'name' },
    )
  }
}

function xmlTokens(text: string): readonly Token[] {
  const tokens: Token[] = []
  for (let open = text.indexOf('<'); open >= 0; open = text.indexOf('<', open + 1)) {
    const close = text.indexOf('>', open)
    if (close < 0) break
    const word = /^<[/?!]?[\w:.-]*/.exec(text.slice(open, Math.min(close, open + 128)))?.[0] ?? '<'
    tokens.push({ from: open, to: open + word.length, kind: 'tag' })
    attributeTokens(text, { from: open + word.length, to: close }, tokens)
    open = close
  }
  return tokens
}
