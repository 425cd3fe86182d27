/** What `npm start` writes: lines, and one that is written over while something is under way. */

export interface Terminal {
  readonly say: (text: string) => void
  /** On a terminal the text stands until the next one takes its place; elsewhere nothing is shown. */
  readonly show: (text: string) => void
}

export function createTerminal(output: NodeJS.WriteStream): Terminal {
  let shown = false
  const clear = () => {
    if (shown) output.write('\r\x1b[K')
    shown = false
  }
  return {
    say(text) {
      clear()
      output.write(`${text}\n`)
    },
    show(text) {
      if (!output.isTTY) return
      output.write(`\r\x1b[K${text.slice(0, output.columns - 1)}`)
      shown = true
    },
  }
}
