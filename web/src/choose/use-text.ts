/** The text behind a URL of playback, asked for once typing pauses. */
import { useEffect, useState } from 'preact/hooks'
import { ApiError } from '../api.ts'

/** What came last; while another is on its way `loading` says so. */
export interface Fetched {
  /** Where the text came from. */
  readonly url?: string
  readonly text?: string
  readonly error?: ApiError
  readonly loading: boolean
}

const pauseMs = 200

/** Undefined asks for nothing. */
export function useText(url: string | undefined): Fetched {
  const [fetched, setFetched] = useState<Omit<Fetched, 'loading'>>({})
  useEffect(() => {
    if (url === undefined) {
      setFetched({})
      return
    }
    const control = new AbortController()
    const timer = setTimeout(() => {
      read(url, control.signal).then(
        (text) => setFetched({ url, text }),
        (error: unknown) => {
          if (!control.signal.aborted) setFetched({ url, error: asError(error) })
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
  return { ...fetched, loading: fetched.url !== url }
}

async function read(url: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { signal })
  const text = await response.text()
  if (response.ok) return text
  // Playback refuses in the same words as the API.
  const { error } = JSON.parse(text) as { error: { code: string; message: string } }
  throw new ApiError(response.status, error.code, error.message)
}

const asError = (error: unknown): ApiError =>
  error instanceof ApiError
    ? error
    : new ApiError(0, 'PLAYBACK_ANSWER', `playback does not answer: ${String(error)}`)
