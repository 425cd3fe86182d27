/** What the API refused: its code, its words, and what to do where the tables say. */
import type { ApiError } from '../api.ts'
import { Advice } from './advice.tsx'
import { adviceFor } from './what-to-do.ts'

export function Refusal({
  error: { code, message },
  again,
}: {
  readonly error: ApiError
  /** Does it once more, where that may help. */
  readonly again?: () => void
}) {
  const advice = adviceFor(code)
  return (
    <div class="alert" role="alert">
      <p>
        <code>{code}</code> {message}
      </p>
      {again && (
        <button type="button" onClick={again}>
          Try again
        </button>
      )}
      {advice && <Advice code={code} advice={advice} />}
    </div>
  )
}
