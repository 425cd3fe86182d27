/** Uploads on their way and what becomes of them. */
import type { Asset } from '../../../lib/assets/api/schemas.ts'
import { byteSize, remaining } from '../format.ts'
import { Icon } from '../icons.tsx'
import type { ShownCode } from '../problems/codes.ts'
import { whatToDo } from '../problems/what-to-do.ts'
import { assetLink } from '../route.ts'
import { assetOf, leftOut, type Outcome, outcomeOf } from './outcome.ts'
import type { UploadProgress } from './progress.ts'
import type { Uploads } from './uploads.ts'

/** The list; `assets` tells how far packaging is with those that have arrived. */
export function UploadList({
  uploads,
  list,
  assets,
}: {
  readonly uploads: Uploads
  readonly list: readonly UploadProgress[]
  readonly assets: ReadonlyMap<string, Asset>
}) {
  if (list.length === 0) return null
  return (
    <section class="uploads panel" aria-labelledby="uploads-title">
      <header>
        <h2 id="uploads-title">Uploads</h2>
        {!uploads.busy && (
          <button type="button" class="quiet" onClick={() => uploads.clear()}>
            Clear
          </button>
        )}
      </header>
      <ul>
        {list.map((upload) => (
          <UploadRow
            key={upload.number}
            upload={upload}
            asset={assetOf(upload, assets)}
            list={list}
            remove={() => uploads.remove(upload.number)}
            retry={() => uploads.retry(upload.number)}
          />
        ))}
      </ul>
      <p class="unseen" role="status">
        {list.map((upload) => announcement(upload, assets, list)).join(' ')}
      </p>
    </section>
  )
}

function UploadRow({
  upload,
  asset,
  list,
  remove,
  retry,
}: {
  readonly upload: UploadProgress
  readonly asset: Asset | undefined
  readonly list: readonly UploadProgress[]
  readonly remove: () => void
  readonly retry: () => void
}) {
  const { name, state } = upload
  const outcome = outcomeOf(upload, asset, list)
  const error = upload.error ?? (outcome === 'failed' ? asset?.error : undefined)
  const active = state === 'waiting' || state === 'sending' || state === 'joining'
  return (
    <li class={`upload ${outcome}`} data-upload={name} data-outcome={outcome}>
      <div class="upload-line">
        <span class="upload-name" title={name}>
          {name}
        </span>
        {upload.replaces && (
          <span class="note" title={`${upload.assetId} exists: this makes its next version`}>
            new version of {upload.assetId}
          </span>
        )}
        <span class="upload-says">{words(upload, outcome)}</span>
        <span class="upload-actions">
          {outcome === 'ready' && upload.assetId !== undefined && (
            <a class="button primary" href={assetLink(upload.assetId)}>
              <Icon name="play" /> Play
            </a>
          )}
          {state === 'failed' && !noRetry.has(upload.error?.code ?? '') && (
            <button type="button" onClick={retry}>
              <Icon name="retry" /> Retry
            </button>
          )}
          <button
            type="button"
            class="quiet"
            onClick={remove}
            aria-label={active ? `Cancel upload of ${name}` : `Dismiss ${name}`}
            title={active ? 'Cancel' : 'Dismiss'}
          >
            <Icon name="close" />
          </button>
        </span>
      </div>
      {active && (
        <progress
          max={upload.bytes}
          {...(state !== 'joining' && { value: upload.sentBytes })}
          aria-label={`Upload of ${name}`}
        />
      )}
      {outcome === 'indexing' && (
        <progress
          max={1}
          {...(asset && asset.progress > 0 && { value: asset.progress })}
          aria-label={`Indexing ${name}`}
        />
      )}
      {error && (
        <p class="fault">
          <code>{error.code}</code> {error.message}
        </p>
      )}
      {outcome === 'ready' &&
        leftOut(upload, asset).map(({ code, text }, index) => (
          <p key={index} class="note" data-left-out={code}>
            {code !== undefined && (
              <>
                Left out: <code>{code}</code>{' '}
              </>
            )}
            {text}
          </p>
        ))}
      {error && error !== upload.error && (
        <p class="note">
          <strong>What to do:</strong> {whatToDo(error.code).text}
        </p>
      )}
    </li>
  )
}

/** Refusals that the same file meets again. */
const noRetry: ReadonlySet<string> = new Set<ShownCode>(['UPLOAD_EMPTY', 'UPLOAD_NAME'])

function words(upload: UploadProgress, outcome: Outcome): string {
  const { state, sentBytes, bytes, bytesPerSecond } = upload
  if (state === 'waiting') return `waiting · ${byteSize(bytes)}`
  if (state === 'joining') return 'joining the parts…'
  if (state === 'sending') {
    const progress = `${Math.floor((100 * sentBytes) / bytes)} % of ${byteSize(bytes)}`
    if (bytesPerSecond === 0) return progress
    return `${progress} · ${byteSize(bytesPerSecond)}/s · ${remaining((bytes - sentBytes) / bytesPerSecond)}`
  }
  if (outcome === 'indexing') return 'sent · being indexed…'
  if (outcome === 'ready') return 'ready'
  if (outcome === 'replaced') return 'replaced by a later upload'
  return 'failed'
}

/** Said aloud only when the state changes, not with each percent. */
function announcement(
  upload: UploadProgress,
  assets: ReadonlyMap<string, Asset>,
  list: readonly UploadProgress[],
): string {
  const outcome = outcomeOf(upload, assetOf(upload, assets), list)
  return `${upload.name}: ${outcome === 'active' ? 'uploading' : outcome}.`
}
