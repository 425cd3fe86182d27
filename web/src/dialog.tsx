/** A question over the page: the browser keeps the focus within, closes it by Escape, and leads back afterwards. */
import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { Icon } from './icons.tsx'

export function Dialog({
  title,
  close,
  isBusy = false,
  children,
}: {
  readonly title: string
  /** Called once it is closed, by whatever means. */
  readonly close: () => void
  /** Something is under way that closing would not stop: it stays open. */
  readonly isBusy?: boolean
  readonly children: ComponentChildren
}) {
  const element = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const dialog = element.current
    if (dialog && !dialog.open) dialog.showModal()
    // Closed rather than only taken away, so that the focus goes back to what opened it.
    return () => dialog?.close()
  }, [])
  return (
    <dialog
      ref={element}
      aria-labelledby={id}
      onCancel={(event) => {
        if (isBusy) event.preventDefault()
      }}
      onClose={() => {
        // A second Escape closes it whatever the page says.
        if (isBusy) element.current?.showModal()
        else close()
      }}
    >
      <header>
        <h2 id={id}>{title}</h2>
        <button
          type="button"
          class="quiet square"
          aria-label="Close"
          disabled={isBusy}
          onClick={() => element.current?.close()}
        >
          <Icon name="close" />
        </button>
      </header>
      {children}
    </dialog>
  )
}
