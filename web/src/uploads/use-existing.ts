/** What is there already of the assets that are about to be sent. */
import { useEffect, useState } from 'preact/hooks'
import type { Asset } from '../../../lib/assets/api/schemas.ts'
import { type Api, ApiError, asApiError } from '../api.ts'

/** Assets by their ids; `undefined` of one that is not there. Undefined as a whole while that is not known. */
export interface Existing {
  readonly assets: ReadonlyMap<string, Asset | undefined> | undefined
  readonly error: ApiError | undefined
  readonly again: () => void
}

/** Looks for each of them once. */
export function useExisting(api: Api, ids: readonly string[]): Existing {
  const [assets, setAssets] = useState<ReadonlyMap<string, Asset | undefined>>()
  const [error, setError] = useState<ApiError>()
  const [turn, setTurn] = useState(0)
  const wanted = ids.join('/')
  useEffect(() => {
    let isGone = false
    const look = async () => {
      setError(undefined)
      const found = await Promise.all(ids.map(async (id) => [id, await assetIfAny(api, id)] as const))
      if (!isGone) setAssets(new Map(found))
    }
    look().catch((failure: unknown) => {
      if (!isGone) setError(asApiError(failure))
    })
    return () => {
      isGone = true
    }
  }, [api, wanted, turn])
  return { assets, error, again: () => setTurn((value) => value + 1) }
}

/** Only what is certainly not there is not there. */
async function assetIfAny(api: Api, id: string): Promise<Asset | undefined> {
  try {
    return await api.asset(id)
  } catch (error) {
    if (error instanceof ApiError && error.code === 'ASSET_NOT_FOUND') return undefined
    throw error
  }
}

/** Whether its folder has more than texts, so that only an `asset.json` can say what is to be the film. */
export const isOfSeveralFiles = ({ files }: Pick<Asset, 'files'>): boolean =>
  files.some(({ key }) => key.split('/').length > 2 && !/\.(vtt|srt|ttml|xml|scc)$/i.test(key))
