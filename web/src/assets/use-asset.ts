/** One asset, asked for again until it is ready. */
import { useEffect, useState } from 'preact/hooks'
import type { Asset } from '../../../lib/assets/api/schemas.ts'
import { type Api, type ApiError, asApiError } from '../api.ts'

const againMs = 1500

export function useAsset(
  api: Api,
  assetId: string,
): { readonly asset: Asset | undefined; readonly error: ApiError | undefined } {
  const [asset, setAsset] = useState<Asset>()
  const [error, setError] = useState<ApiError>()
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    let gone = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const again = () => {
      timer = setTimeout(() => setTurn((value) => value + 1), againMs)
    }
    const read = async () => {
      try {
        const found = await api.asset(assetId)
        if (gone) return
        setAsset(found)
        setError(undefined)
        if (found.state === 'indexing') again()
      } catch (failure) {
        if (gone) return
        const known = asApiError(failure)
        setError(known)
        // An upload that has just been sent is not seen at once.
        if (known.status === 404 || known.status === 0) again()
      }
    }
    void read()
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [api, assetId, turn])
  return { asset, error }
}
