/** A line of text to take along. */
import { useState } from 'preact/hooks'
import { Icon } from './icons.tsx'

export function Copyable({
  name,
  text,
  describedBy,
}: {
  readonly name: string
  readonly text: string
  /** Id of what says more of it. */
  readonly describedBy?: string
}) {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    // A browser may forbid it; the text can still be selected by hand.
    setCopied(
      await navigator.clipboard.writeText(text).then(
        () => true,
        () => false,
      ),
    )
    setTimeout(() => setCopied(false), 1500)
  }
  return (
    <div class="copyable">
      <span class="copy-name" aria-hidden="true">
        {name}
      </span>
      <input
        class="copy-text"
        readOnly
        value={text}
        aria-label={name}
        aria-describedby={describedBy}
        onFocus={(event) => event.currentTarget.select()}
      />
      <button type="button" aria-label={`Copy ${name}`} onClick={() => void copy()}>
        <Icon name={copied ? 'done' : 'copy'} />
      </button>
      <span class="unseen" role="status">
        {copied ? `${name} copied` : ''}
      </span>
    </div>
  )
}
