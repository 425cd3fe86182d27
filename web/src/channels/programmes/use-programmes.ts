/** A channel's programmes as far as they were asked for, read again as their states change. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { type Api, type ApiError, asApiError } from '../../api.ts'
import { firstPages, type ProgrammePage } from './programme.ts'

const everyMs = 30_000

/** What is known of them. */
export interface ShownProgrammes {
  /** Undefined until the first answer. */
  readonly page: ProgrammePage | undefined
  readonly error: ApiError | undefined
  readonly reload: () => void
  readonly more: () => void
}

export function useProgrammes(api: Api, channelId: string): ShownProgrammes {
  const [page, setPage] = useState<ProgrammePage>()
  const [error, setError] = useState<ApiError>()
  const [count, setCount] = useState(1)
  const turns = useRef(0)
  const read = useCallback(async () => {
    const turn = ++turns.current
    // Answers may overtake each other: one asked for before a change must not undo what is shown of it.
    const isLate = () => turn !== turns.current
    try {
      const found = await firstPages((next) => api.programmes(channelId, next), count)
      if (isLate()) return
      setPage(found)
      setError(undefined)
    } catch (failure) {
      if (!isLate()) setError(asApiError(failure))
    }
  }, [api, channelId, count])
  useEffect(() => {
    void read()
    const timer = setInterval(() => void read(), everyMs)
    return () => {
      turns.current++
      clearInterval(timer)
    }
  }, [read])
  return { page, error, reload: () => void read(), more: () => setCount((pages) => pages + 1) }
}
