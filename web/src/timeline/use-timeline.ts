/** The timeline of an asset, answer by answer until all of it is there. */
import { useEffect, useState } from 'preact/hooks'
import type { Timeline } from '../../../lib/assets/api/schemas.ts'
import { type Api, type ApiError, asApiError } from '../api.ts'
import { type Lane, lanesOf } from './lanes.ts'

/** What has come so far. */
export interface LoadedTimeline {
  readonly durationSeconds: number
  readonly version: string
  readonly lanes: readonly Lane[]
  readonly markers: Timeline['markers']
  readonly clips: Timeline['clips']
  /** Seconds that are there; the duration where all is. */
  readonly loadedSeconds: number
}

/** Reads it anew for each version; the error is of the last attempt, and `again` makes another. */
export function useTimeline(
  api: Api,
  assetId: string,
  version: string | undefined,
): {
  readonly timeline: LoadedTimeline | undefined
  readonly error: ApiError | undefined
  readonly again: () => void
} {
  const [timeline, setTimeline] = useState<LoadedTimeline>()
  const [error, setError] = useState<ApiError>()
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    if (version === undefined) return
    let gone = false
    const read = async () => {
      const answers: Timeline[] = []
      for (let from: number | undefined = 0; from !== undefined; ) {
        const answer: Timeline = await api.timeline(assetId, from)
        if (gone) return
        // Another version was published in between: this page's own is asked for again with the asset.
        if (answer.version !== (answers[0] ?? answer).version) return
        answers.push(answer)
        from = answer.nextSeconds
        setTimeline(loaded(answers, from))
      }
      setError(undefined)
    }
    read().catch((failure: unknown) => {
      if (!gone) setError(asApiError(failure))
    })
    return () => {
      gone = true
    }
  }, [api, assetId, version, turn])
  return { timeline, error, again: () => setTurn((value) => value + 1) }
}

function loaded(answers: readonly Timeline[], nextSeconds: number | undefined): LoadedTimeline | undefined {
  const [first] = answers
  return (
    first && {
      durationSeconds: first.durationSeconds,
      version: first.version,
      lanes: lanesOf(answers),
      markers: answers.flatMap(({ markers }) => markers),
      clips: first.clips,
      loadedSeconds: nextSeconds ?? first.durationSeconds,
    }
  )
}
