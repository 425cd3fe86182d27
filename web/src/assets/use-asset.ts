/** One asset, asked for again until it is ready. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { AssetDetail } from '../../../lib/assets/api/schemas.ts'
import { type Api, type ApiError, asApiError } from '../api.ts'

const againMs = 1500
/** Within this time indexing that was asked for has begun. */
const askedMs = 20_000

export function useAsset(
  api: Api,
  assetId: string,
): {
  readonly asset: AssetDetail | undefined
  readonly error: ApiError | undefined
  /** Looks again at once, and for as long as it takes until something is seen of what was asked for. */
  readonly reload: () => void
} {
  const [asset, setAsset] = useState<AssetDetail>()
  const [error, setError] = useState<ApiError>()
  const [turn, setTurn] = useState(0)
  // What was asked for comes by a queue: the asset says nothing of it at first.
  const lookUntil = useRef(0)
  const reload = useCallback(() => {
    lookUntil.current = performance.now() + askedMs
    setTurn((value) => value + 1)
  }, [])
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
        if (found.state === 'indexing' || performance.now() < lookUntil.current) again()
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
  return { asset, error, reload }
}
