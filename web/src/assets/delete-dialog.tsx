/** Asks before an asset goes, says what goes with it, and sees it through. */
import { useEffect, useState } from 'preact/hooks'
import type { Asset, AssetDetail } from '../../../lib/assets/api/schemas.ts'
import { type Api, type ApiError, asApiError } from '../api.ts'
import { Dialog } from '../dialog.tsx'
import { counted, deletionProblem, removedWords, uploadsOf } from './deletion-words.ts'

export function DeleteDialog({
  api,
  asset,
  close,
  deleted,
}: {
  readonly api: Api
  readonly asset: Asset
  readonly close: () => void
  /** Told in words what went. */
  readonly deleted: (words: string) => void
}) {
  const { id, title = id, version, state } = asset
  const versions = useVersions(api, id)
  const [typed, setTyped] = useState('')
  const [retireKeys, setRetireKeys] = useState(false)
  const [forgetPolicy, setForgetPolicy] = useState(false)
  const [force, setForce] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<ApiError>()
  const isPlaying = version !== undefined
  const problem = error && deletionProblem(error)
  const isMeant = (!isPlaying || typed === id) && (problem?.next !== 'force' || force)
  const remove = async () => {
    setBusy(true)
    setError(undefined)
    try {
      const gone = await api.deleteAsset(id, { force, retireKeys, forgetPolicy })
      deleted(removedWords(title, gone))
    } catch (failure) {
      setError(asApiError(failure))
      setBusy(false)
    }
  }
  return (
    <Dialog title={`Delete ${title}?`} close={close} isBusy={isBusy}>
      <form
        class="ask"
        onSubmit={(event) => {
          event.preventDefault()
          if (isMeant && !isBusy) void remove()
        }}
      >
        <p>
          {state === 'deleting'
            ? 'An earlier deletion broke off. What is left of it goes:'
            : 'This goes for good:'}
        </p>
        <ul class="goes">
          <li>
            {uploadsOf(asset)}
            {asset.files.length > 0 && (
              <ul class="goes-files" aria-label="Uploads">
                {asset.files.map(({ key }) => (
                  <li key={key}>
                    <code>{key}</code>
                  </li>
                ))}
              </ul>
            )}
          </li>
          <li>{versions === undefined ? 'its versions' : counted(versions, 'version')}</li>
          <li>
            {isPlaying
              ? 'what plays now: players and caches get nothing more of it in the clear, at once'
              : 'its place in the list; nothing of it plays now'}
          </li>
        </ul>
        <fieldset>
          <legend>Keep or take along</legend>
          <label class="check">
            <input
              type="checkbox"
              checked={retireKeys}
              onChange={({ currentTarget }) => setRetireKeys(currentTarget.checked)}
            />
            Retire its keys: licences that were given end
          </label>
          <label class="check">
            <input
              type="checkbox"
              checked={forgetPolicy}
              onChange={({ currentTarget }) => setForgetPolicy(currentTarget.checked)}
            />
            Forget its protection: what is uploaded as {id} later has the default
          </label>
        </fieldset>
        {problem && (
          <div class="alert" role="alert">
            <p>
              <code>{error?.code}</code> {problem.text}
            </p>
            {problem.next === 'force' && (
              <label class="check">
                <input
                  type="checkbox"
                  checked={force}
                  onChange={({ currentTarget }) => setForce(currentTarget.checked)}
                />
                Delete it all the same; they play without it
              </label>
            )}
          </div>
        )}
        {isPlaying && (
          <label class="field">
            <span class="field-name">
              It plays. Type <code>{id}</code> to delete it
            </span>
            <input
              class="mono"
              autocomplete="off"
              spellcheck={false}
              value={typed}
              disabled={isBusy}
              onInput={({ currentTarget: { value } }) => setTyped(value.trim())}
            />
          </label>
        )}
        {isBusy && <progress aria-label={`Deleting ${title}`} />}
        <p class="unseen" role="status">
          {isBusy ? `Deleting ${title}` : ''}
        </p>
        <footer>
          <button type="submit" class="danger" disabled={!isMeant || isBusy}>
            {isBusy ? 'Deleting…' : problem?.next === 'again' ? 'Delete again' : 'Delete'}
          </button>
        </footer>
      </form>
    </Dialog>
  )
}

/** How many there are; undefined while that is not known. */
function useVersions(api: Api, id: string): number | undefined {
  const [detail, setDetail] = useState<AssetDetail>()
  useEffect(() => {
    let isGone = false
    const look = async () => {
      const found = await api.asset(id)
      if (!isGone) setDetail(found)
    }
    // Only the number is missing then.
    look().catch(() => undefined)
    return () => {
      isGone = true
    }
  }, [api, id])
  return detail?.versions.length
}
