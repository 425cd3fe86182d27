/** One programme in the list of its channel. */
import { clock } from '../../format.ts'
import { programmeLink } from '../../route.ts'
import { breakWords, keptWords, type Programme, spanWords } from './programme.ts'

export function ProgrammeRow({
  programme,
  nowMs,
  change,
  remove,
}: {
  readonly programme: Programme
  readonly nowMs: number
  readonly change: () => void
  readonly remove: () => void
}) {
  const { id, channel, title = id, state } = programme
  const link = programmeLink(channel, id)
  return (
    <li data-programme={id} data-state={state}>
      <div class="programme-said">
        <p>
          <a href={link}>{title}</a>
          {title !== id && <span class="asset-id">{id}</span>} <ProgrammeState state={state} />
        </p>
        <ProgrammeFacts programme={programme} nowMs={nowMs} />
      </div>
      <div class="group">
        {state !== 'planned' && (
          <a class="button" href={link} aria-label={`Play ${title}`}>
            Play
          </a>
        )}
        <button type="button" aria-label={`Change ${title}`} onClick={change}>
          Change
        </button>
        <button type="button" class="danger-quiet" aria-label={`Delete ${title}`} onClick={remove}>
          Delete
        </button>
      </div>
    </li>
  )
}

/** How far it is, by its times. */
export const ProgrammeState = ({ state }: Pick<Programme, 'state'>) => (
  <span class={state === 'running' ? 'state running' : 'state'}>{state}</span>
)

/** When it is, how long, and what becomes of its breaks and its media. */
export function ProgrammeFacts({
  programme,
  nowMs,
}: {
  readonly programme: Programme
  readonly nowMs: number
}) {
  const { from, to, playsUntil } = programme
  const kept = keptWords(playsUntil, nowMs)
  return (
    <ul class="programme-facts">
      <li>{spanWords(programme)}</li>
      <li>{clock((Date.parse(to) - Date.parse(from)) / 1000)} long</li>
      <li>{breakWords(programme)}</li>
      {kept !== undefined && <li>{kept}</li>}
    </ul>
  )
}
