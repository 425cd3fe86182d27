/** Asks before something goes for good: its id is typed, so that it is the one that is meant. */
import { useState } from 'preact/hooks'
import { type ApiError, asApiError } from './api.ts'
import { Dialog } from './dialog.tsx'

export function DeleteByIdDialog({
  id,
  name,
  words,
  remove,
  close,
}: {
  readonly id: string
  /** As people call it. */
  readonly name: string
  /** What is gone then. */
  readonly words: string
  /** Deletes it, and leads on. */
  readonly remove: () => Promise<void>
  readonly close: () => void
}) {
  const [typed, setTyped] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<ApiError>()
  const go = async () => {
    setBusy(true)
    try {
      await remove()
    } catch (failure) {
      setError(asApiError(failure))
      setBusy(false)
    }
  }
  return (
    <Dialog title={`Delete ${name}?`} close={close} isBusy={isBusy}>
      <form
        class="ask"
        onSubmit={(event) => {
          event.preventDefault()
          if (typed === id && !isBusy) void go()
        }}
      >
        <p>{words}</p>
        <label class="field">
          <span class="field-name">
            Type its id, <code>{id}</code>
          </span>
          <input value={typed} onInput={({ currentTarget: { value } }) => setTyped(value)} />
        </label>
        {error && (
          <p class="fault" role="alert">
            <code>{error.code}</code> {error.message}
          </p>
        )}
        <footer>
          <button type="submit" class="danger" disabled={typed !== id || isBusy}>
            Delete
          </button>
        </footer>
      </form>
    </Dialog>
  )
}
