/** The text behind a URL of playback, asked for once typing pauses. */
import { useEffect, useState } from 'preact/hooks'
import { ApiError } from '../api.ts'
import { shownCode } from '../problems/codes.ts'

/** What a URL answered. */
interface Answer {
  readonly text?: string
  readonly error?: ApiError
}

/** What came last; while another is on its way `loading` says so. */
export interface Fetched extends Answer {
  readonly loading: boolean
}

const pauseMs = 200

/** Undefined asks for nothing. */
export function useText(url: string | undefined): Fetched {
  const [{ url: from, ...answer }, setAnswer] = useState<Answer & { readonly url?: string }>({})
  useEffect(() => {
    if (url === undefined) {
      setAnswer({})
      return
    }
    const control = new AbortController()
    const timer = setTimeout(() => {
      read(url, control.signal).then(
        (text) => setAnswer({ url, text }),
        (error: unknown) => {
          if (!control.signal.aborted) setAnswer({ url, error: asError(error) })
        },
      )
    }, pauseMs)
    return () => {
      clearTimeout(timer)
      control.abort()
    }
  }, [url])
  // Not a state of its own: effects run after the picture is drawn, and until then the text of the URL before would
  // pass for this one's.
  return { ...answer, loading: from !== url }
}

async function read(url: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { signal })
  const text = await response.text()
  if (response.ok) return text
  // Playback refuses in the same words as the API.
  const { error } = JSON.parse(text) as { error: { code: string; message: string } }
  throw new ApiError(response.status, shownCode(error.code), error.message)
}

const asError = (error: unknown): ApiError =>
  error instanceof ApiError
    ? error
    : new ApiError(0, 'PLAYBACK_ANSWER', `playback does not answer: ${String(error)}`)
