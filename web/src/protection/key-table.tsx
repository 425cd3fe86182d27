/** Key periods and the ids of their keys. Rows become cards on a narrow screen. */
import { useState } from 'preact/hooks'
import { clock } from '../format.ts'
import type { What } from './content.ts'
import type { PeriodKeys } from './key-periods.ts'
import { counted } from './policy-words.ts'

/** As many as are read at a glance. */
const fewPeriods = 6

export function KeyTable({
  what,
  periods,
}: {
  readonly what: What
  readonly periods: readonly PeriodKeys[]
}) {
  const [isWhole, setWhole] = useState(false)
  const shown = isWhole ? periods : periods.slice(0, fewPeriods)
  return (
    <div class="keys">
      <h3>
        Key periods <span class="faint">{counted(periods.length, 'period')}, the latest first</span>
      </h3>
      <div class="scroller" role="region" aria-label="Key periods" tabIndex={0}>
        <table class="tracks-table cards" role="table">
          <caption class="unseen">Key periods and their key ids</caption>
          <thead role="rowgroup">
            <tr role="row">
              {['Period', 'From', 'State', 'Key ids'].map((name) => (
                <th key={name} scope="col" role="columnheader">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {shown.map(({ period, fromSeconds, state, keys }) => (
              <tr key={period} role="row" data-period={period} data-state={state}>
                <th scope="row" role="rowheader">
                  {period}
                </th>
                <td role="cell" data-name="From" class="figure">
                  {what === 'film' ? clock(fromSeconds) : wallClock(fromSeconds)}
                </td>
                <td role="cell" data-name="State">
                  <span class={state === 'in force' ? 'state ready' : 'state'}>{state}</span>
                </td>
                <td role="cell" data-name="Key ids">
                  {keys.map(({ label, kid }) => (
                    <code key={kid} data-kid={kid}>
                      {kid} <span class="faint">{labelWords[label] ?? label}</span>
                    </code>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {periods.length > fewPeriods && (
        <button type="button" class="quiet" onClick={() => setWhole(!isWhole)}>
          {isWhole ? 'Show fewer' : `Show all ${periods.length}`}
        </button>
      )}
    </div>
  )
}

const wallClock = (seconds: number): string =>
  new Date(seconds * 1000).toLocaleString([], { hour12: false, dateStyle: 'short', timeStyle: 'medium' })

/** What a key opens. */
export const labelWords: Readonly<Record<string, string>> = {
  ALL: 'all tracks',
  AUDIO: 'sound',
}
