/** What is done to an asset as a whole: indexed again, embedded elsewhere, deleted. */
import { useState } from 'preact/hooks'
import type { AssetDetail } from '../../../lib/assets/api/schemas.ts'
import type { DrmSystem } from '../../../lib/rights/protection/policy.ts'
import { type Api, type ApiError, asApiError } from '../api.ts'
import { EmbedDialog } from '../embed/embed-dialog.tsx'
import { Icon } from '../icons.tsx'
import { DeleteDialog } from './delete-dialog.tsx'

export function AssetActions({
  api,
  asset,
  systems,
  apiUrl,
  changed,
  deleted,
}: {
  readonly api: Api
  readonly asset: AssetDetail
  /** Of its policy; undefined: in the clear. */
  readonly systems: readonly DrmSystem[] | undefined
  readonly apiUrl: string
  /** It is to be looked at again. */
  readonly changed: () => void
  readonly deleted: (words: string) => void
}) {
  const [isAsking, setAsking] = useState(false)
  const [isEmbedding, setEmbedding] = useState(false)
  const [isSent, setSent] = useState(false)
  const [error, setError] = useState<ApiError>()
  const { id, state, version } = asset
  const reindex = async () => {
    setSent(true)
    setError(undefined)
    try {
      await api.reindex(id)
      changed()
    } catch (failure) {
      setError(asApiError(failure))
    }
    setSent(false)
  }
  return (
    <>
      {version !== undefined && (
        // Code copied before the DRM systems are known would open in no browser.
        <button
          type="button"
          disabled={asset.protected && systems === undefined}
          onClick={() => setEmbedding(true)}
        >
          <Icon name="embed" /> Embed
        </button>
      )}
      <button
        type="button"
        disabled={isSent || (state !== 'ready' && state !== 'failed')}
        title="Makes a new version from its uploads; the one before plays until then"
        onClick={() => void reindex()}
      >
        <Icon name="retry" /> Index again
      </button>
      <button type="button" class="danger-quiet" onClick={() => setAsking(true)}>
        <Icon name="bin" /> Delete
      </button>
      {error && (
        <p class="fault" role="alert">
          <code>{error.code}</code> {error.message}
        </p>
      )}
      {isEmbedding && (
        <EmbedDialog asset={asset} systems={systems} apiUrl={apiUrl} close={() => setEmbedding(false)} />
      )}
      {isAsking && <DeleteDialog api={api} asset={asset} close={() => setAsking(false)} deleted={deleted} />}
    </>
  )
}
