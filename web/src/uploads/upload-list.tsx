/** Uploads on their way and what becomes of them. */
import type { ComponentChildren } from 'preact'
import type { Asset } from '../../../lib/assets/api/schemas.ts'
import { byteSize, remaining } from '../format.ts'
import { Icon } from '../icons.tsx'
import type { ShownCode } from '../problems/codes.ts'
import { whatToDo } from '../problems/what-to-do.ts'
import { assetLink } from '../route.ts'
import { assetOf, leftOut, type Outcome, outcomeOf } from './outcome.ts'
import { groupsOf, isActive, totalOf, type UploadProgress } from './progress.ts'
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
  const row = (upload: UploadProgress) => (
    <UploadRow
      key={upload.number}
      upload={upload}
      asset={assetOf(upload, assets)}
      list={list}
      remove={() => uploads.remove(upload.number)}
      retry={() => uploads.retry(upload.number)}
    />
  )
  return (
    <section class="uploads panel" aria-labelledby="uploads-title">
      <header>
        <h2 id="uploads-title">Uploads</h2>
        {uploads.busy ? (
          list.length > 1 && <Total list={list} />
        ) : (
          <button type="button" class="quiet" onClick={() => uploads.clear()}>
            Clear
          </button>
        )}
      </header>
      <ul>
        {groupsOf(list).map((group) => {
          const [first] = group
          return first?.group ? (
            <GroupRow key={`group ${first.group.number}`} group={group} assets={assets} list={list}>
              {group.map(row)}
            </GroupRow>
          ) : (
            group.map(row)
          )
        })}
      </ul>
      <p class="unseen" role="status">
        {list.map((upload) => announcement(upload, assets, list)).join(' ')}
      </p>
    </section>
  )
}

/** All of them together. */
function Total({ list }: { readonly list: readonly UploadProgress[] }) {
  const { bytes, sentBytes, bytesPerSecond } = totalOf(list)
  return (
    <div class="total">
      <progress max={Math.max(1, bytes)} value={sentBytes} aria-label="All uploads" />
      <span class="upload-says">{progressWords({ bytes, sentBytes, bytesPerSecond })}</span>
    </div>
  )
}

/** Files that become one asset, and what became of it. */
function GroupRow({
  group,
  assets,
  list,
  children,
}: {
  readonly group: readonly UploadProgress[]
  readonly assets: ReadonlyMap<string, Asset>
  readonly list: readonly UploadProgress[]
  readonly children: ComponentChildren
}) {
  const [first] = group
  if (!first) return null
  const { assetId = '' } = first
  const outcomes = new Set(group.map((upload) => outcomeOf(upload, assetOf(upload, assets), list)))
  const outcome = (['failed', 'active', 'indexing', 'replaced'] as const).find((one) => outcomes.has(one))
  const failed = group.filter(({ state }) => state === 'failed').map(({ name }) => name)
  return (
    <li class="upload-group" data-group={assetId} data-outcome={outcome ?? 'ready'}>
      <div class="upload-line">
        <span class="upload-name">{assetId}</span>
        <span class="upload-says">
          {failed.length > 0
            ? `${failed.join(', ')} failed: try again, or go on without`
            : `${group.length} files · ${outcome === undefined ? 'ready' : groupWords[outcome]}`}
        </span>
        {outcome === undefined && (
          <a class="button primary" href={assetLink(assetId)}>
            <Icon name="play" /> Play
          </a>
        )}
      </div>
      <ul>{children}</ul>
    </li>
  )
}

const groupWords: Readonly<Record<Exclude<Outcome, 'ready'>, string>> = {
  active: 'on their way',
  indexing: 'being indexed…',
  failed: 'failed',
  replaced: 'replaced by a later upload',
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
  const active = isActive(upload)
  const isGrouped = upload.group !== undefined
  return (
    <li class={`upload ${outcome}`} data-upload={name} data-outcome={outcome}>
      <div class="upload-line">
        <span class="upload-name" title={name}>
          {name}
        </span>
        {upload.role !== undefined && <span class="note">{upload.role}</span>}
        {upload.replaces && !isGrouped && (
          <span class="note" title={`${upload.assetId} exists: this makes its next version`}>
            new version of {upload.assetId}
          </span>
        )}
        <span class="upload-says">{words(upload, outcome)}</span>
        <span class="upload-actions">
          {outcome === 'ready' && !isGrouped && upload.assetId !== undefined && (
            <a class="button primary" href={assetLink(upload.assetId)}>
              <Icon name="play" /> Play
            </a>
          )}
          {state === 'failed' && !noRetry.has(upload.error?.code ?? '') && (
            <button type="button" onClick={retry}>
              <Icon name="retry" /> Retry
            </button>
          )}
          {state === 'failed' && isGrouped && upload.role !== 'film' && (
            <button type="button" onClick={remove}>
              Go on without it
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
      {outcome === 'indexing' && !isGrouped && (
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
  const { state, bytes } = upload
  if (upload.waitsFor !== undefined) return `waits for ${upload.waitsFor}`
  if (state === 'waiting') return `waiting · ${byteSize(bytes)}`
  if (state === 'joining') return 'joining the parts…'
  if (state === 'sending') return progressWords(upload)
  if (outcome === 'indexing') return 'sent · being indexed…'
  if (outcome === 'ready') return 'ready'
  if (outcome === 'replaced') return 'replaced by a later upload'
  return 'failed'
}

function progressWords({
  sentBytes,
  bytes,
  bytesPerSecond,
}: Pick<UploadProgress, 'sentBytes' | 'bytes' | 'bytesPerSecond'>): string {
  const progress = `${Math.floor((100 * sentBytes) / Math.max(1, bytes))} % of ${byteSize(bytes)}`
  if (bytesPerSecond === 0) return progress
  return `${progress} · ${byteSize(bytesPerSecond)}/s · ${remaining((bytes - sentBytes) / bytesPerSecond)}`
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
