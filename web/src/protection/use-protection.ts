/** How a film or channel is protected, its keys and who asked for them; and how that is changed. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Policy } from '../../../lib/rights/protection/policy.ts'
import type { KeyAskAnswer, KeyOfPeriod } from '../../../lib/rights/protection/schemas.ts'
import { type Api, type ApiError, asApiError } from '../api.ts'
import type { Content } from './content.ts'
import type { FoundPolicy } from './policy-words.ts'

/** What is known of it. */
export interface KnownProtection extends FoundPolicy {
  /** Of the prefix: what holds for who has no policy. */
  readonly fallback: Policy
  /** The latest first; none where it is not protected. */
  readonly keys: readonly KeyOfPeriod[]
  /** The latest first. */
  readonly asks: readonly KeyAskAnswer[]
  /** Where those before them are found; undefined where there are none. */
  readonly nextAsks: string | undefined
  /** How often this page has changed it. */
  readonly changes: number
}

/** The protection of a film or channel, and what can be done about it. Every change rejects with the API's own words. */
export interface Protection {
  /** Undefined until the first answer. */
  readonly known: KnownProtection | undefined
  readonly error: ApiError | undefined
  readonly reload: () => void
  /** Reads who asked before those that are known; undefined where that is all. */
  readonly moreAsks: (() => void) | undefined
  readonly change: (policy: Policy) => Promise<void>
  /** Gives up its own policy for its prefix's. */
  readonly useDefault: () => Promise<void>
  /** Ends this key period, if it is still in force. */
  readonly retire: (period: number) => Promise<void>
}

export function useProtection(api: Api, { what, id }: Content): Protection {
  const content = useMemo((): Content => ({ what, id }), [what, id])
  const [known, setKnown] = useState<KnownProtection>()
  const [error, setError] = useState<ApiError>()
  const changes = useRef(0)
  const latest = useRef(0)

  const read = useCallback(async () => {
    const turn = ++latest.current
    // Answers may overtake each other: one asked for before a change must not undo what the page shows of it.
    const isLate = () => turn !== latest.current
    try {
      const [found, fallback] = await Promise.all([api.protection(content), api.defaultProtection(what)])
      const [keys, page] = await Promise.all([
        found.policy.mode === 'none' ? [] : api.keys(content),
        api.keyAsks(content),
      ])
      if (isLate()) return
      const { asks, next } = page
      setKnown({ ...found, fallback, keys, asks, nextAsks: next, changes: changes.current })
      setError(undefined)
    } catch (failure) {
      if (!isLate()) setError(asApiError(failure))
    }
  }, [api, content, what])
  useEffect(() => {
    void read()
    const again = () => {
      if (!document.hidden) void read()
    }
    document.addEventListener('visibilitychange', again)
    return () => document.removeEventListener('visibilitychange', again)
  }, [read])

  const moreAsks = async (next: string) => {
    try {
      const page = await api.keyAsks(content, next)
      setKnown(
        (now) =>
          // Read anew meanwhile, it begins with the first page again.
          now &&
          (now.nextAsks === next ? { ...now, asks: [...now.asks, ...page.asks], nextAsks: page.next } : now),
      )
    } catch (failure) {
      setError(asApiError(failure))
    }
  }
  const nextAsks = known?.nextAsks
  const changed = async (made: Promise<unknown>) => {
    await made
    changes.current += 1
    await read()
  }
  return {
    known,
    error,
    reload: () => void read(),
    moreAsks: nextAsks === undefined ? undefined : () => void moreAsks(nextAsks),
    change: (policy) => changed(api.protect(content, policy)),
    useDefault: () => changed(api.forgetProtection(content)),
    retire: (period) => changed(api.retireKeys(content, period)),
  }
}
