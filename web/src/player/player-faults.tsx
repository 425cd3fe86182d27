/** What went wrong in a player, and what to do about it. */
import { Icon } from '../icons.tsx'
import { Advice } from '../problems/advice.tsx'
import { RightsAdvice } from '../problems/rights-advice.tsx'
import { playerAdvice } from '../problems/what-to-do.ts'
import type { PlayerFault } from './player.ts'

/** Codes of licences and sessions, within a player's own words. */
const refusalCode = /\b(?:LICENCE|SESSION|TOKEN)_[A-Z_]+/

export function PlayerFaults({
  faults,
  again,
}: {
  readonly faults: readonly PlayerFault[]
  readonly again: () => void
}) {
  if (faults.length === 0) return null
  const isFatal = faults.some(({ fatal }) => fatal)
  const refused = faults.map(({ text }) => refusalCode.exec(text)?.[0]).find(Boolean)
  const lack =
    refused === undefined
      ? faults.map(({ fatal, text }) => (fatal ? playerAdvice(text) : undefined)).find(Boolean)
      : undefined
  return (
    <div class="faults" role={isFatal ? 'alert' : 'note'}>
      <ul>
        {faults.map(({ fatal, text }, index) => (
          <li key={index} class={fatal ? 'fatal' : ''}>
            {fatal ? text : `went on after ${text}`}
          </li>
        ))}
      </ul>
      <RightsAdvice code={refused} />
      {lack && <Advice code="PLAYER_LACKS" advice={lack} />}
      {isFatal && (
        <button type="button" onClick={again}>
          <Icon name="retry" /> Reload
        </button>
      )}
    </div>
  )
}
