/** An end to the keys in force, at once: asked twice before it is done, and done once however often it is asked. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { Icon } from '../icons.tsx'
import type { What } from './content.ts'
import type { PeriodKeys } from './key-periods.ts'

export function RotateNow({
  what,
  periods,
  isBusy,
  retire,
}: {
  readonly what: What
  readonly periods: readonly PeriodKeys[]
  readonly isBusy: boolean
  readonly retire: () => Promise<void>
}) {
  const [isAsking, setAsking] = useState(false)
  const sure = useRef<HTMLButtonElement>(null)
  const first = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (isAsking) sure.current?.focus()
  }, [isAsking])
  const close = () => {
    setAsking(false)
    first.current?.focus()
  }
  const words = periodWords(periods)
  if (!isAsking)
    return (
      <div class="rotate">
        <button ref={first} type="button" disabled={isBusy} onClick={() => setAsking(true)}>
          <Icon name="retry" /> Rotate now
        </button>
        <span class="faint">Ends {words}: for keys that got out, or are to change.</span>
      </div>
    )
  return (
    <div
      class="rotate asking"
      role="group"
      aria-label="Rotate now?"
      onKeyDown={({ key }) => {
        if (key === 'Escape') close()
      }}
    >
      <p>
        {capital(words)} will end now.{' '}
        {what === 'film'
          ? 'Who opens the film from now on gets new keys; who is watching goes on, and gets licences for the old ones for two days more.'
          : 'From the next segment on the channel has new keys; what was shown stays under the old ones, as far back as viewers may go.'}{' '}
        What was encrypted under them can still be opened by whoever has them.
      </p>
      <button
        ref={sure}
        type="button"
        class="primary"
        disabled={isBusy}
        onClick={() => void retire().then(close)}
      >
        End {words}
      </button>
      <button type="button" onClick={close}>
        Keep
      </button>
    </div>
  )
}

/** `key period 3`, `key periods 3 to 5`: those in force. */
function periodWords(periods: readonly PeriodKeys[]): string {
  const numbers = periods.filter(({ state }) => state === 'in force').map(({ period }) => period)
  const [last, least] = [numbers[0], numbers.at(-1)]
  return last === least ? `key period ${last}` : `key periods ${least} to ${last}`
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)
