/** A page that is loaded when it is first opened: lists need neither players nor timelines. */
import type { FunctionComponent } from 'preact'
import { useEffect, useState } from 'preact/hooks'

/** The page that `load` gives; `words` is what it is the page of. */
export function later<Props extends object>(
  words: string,
  load: () => Promise<FunctionComponent<Props>>,
): FunctionComponent<Props> {
  let loaded: FunctionComponent<Props> | undefined
  return (props) => {
    const [Shown, show] = useState(() => loaded)
    const [fault, setFault] = useState<string>()
    useEffect(() => {
      if (loaded) return
      const get = async () => {
        loaded = await load()
        show(() => loaded)
      }
      get().catch((error: unknown) => setFault(String(error)))
    }, [])
    if (Shown) return <Shown {...props} />
    return (
      <main class="page" aria-busy={fault === undefined}>
        {fault === undefined ? (
          <div class="panel loading" role="status">
            <span class="unseen">Loading {words}</span>
            <div class="bone" />
          </div>
        ) : (
          <div class="alert" role="alert">
            <p>
              The page of {words} can not be loaded. {fault}
            </p>
            <button type="button" onClick={() => location.reload()}>
              Try again
            </button>
          </div>
        )}
      </main>
    )
  }
}
