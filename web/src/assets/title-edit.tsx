/** An asset's title, and the way to another: in place, by Enter; Escape leaves it. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Asset } from '../../../lib/assets/api/schemas.ts'
import { type Api, type ApiError, asApiError } from '../api.ts'
import { Icon } from '../icons.tsx'

export function TitleEdit({
  api,
  asset: { id, title },
  changed,
}: {
  readonly api: Api
  readonly asset: Asset
  readonly changed: () => void
}) {
  const [isEditing, setEditing] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<ApiError>()
  const input = useRef<HTMLInputElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (isEditing) input.current?.select()
  }, [isEditing])
  const leave = () => {
    setEditing(false)
    setError(undefined)
    // Where it was before: the button is there again after this render.
    setTimeout(() => button.current?.focus())
  }
  const save = async (words: string) => {
    if (words === (title ?? '')) return leave()
    setBusy(true)
    try {
      await api.rename(id, words === '' ? undefined : words)
      changed()
      leave()
    } catch (failure) {
      setError(asApiError(failure))
    }
    setBusy(false)
  }
  if (!isEditing)
    return (
      <div class="title">
        <h1>{title ?? id}</h1>
        {title !== undefined && title !== id && <span class="asset-id">{id}</span>}
        <button
          ref={button}
          type="button"
          class="quiet square"
          aria-label={`Rename ${title ?? id}`}
          title="Rename"
          onClick={() => setEditing(true)}
        >
          <Icon name="edit" />
        </button>
      </div>
    )
  return (
    <form
      class="title-edit"
      onSubmit={(event) => {
        event.preventDefault()
        void save(input.current?.value.trim() ?? '')
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') leave()
      }}
    >
      <label class="field">
        <span class="unseen">Title of {id}</span>
        <input ref={input} defaultValue={title ?? ''} placeholder={id} maxLength={500} disabled={isBusy} />
      </label>
      <button type="submit" class="primary" disabled={isBusy}>
        Save
      </button>
      <button type="button" disabled={isBusy} onClick={leave}>
        Cancel
      </button>
      {error ? (
        <p class="fault" role="alert">
          <code>{error.code}</code> {error.message}
        </p>
      ) : (
        <p class="note">Empty takes the title away: then it is called what its asset.json says, or {id}.</p>
      )}
    </form>
  )
}
