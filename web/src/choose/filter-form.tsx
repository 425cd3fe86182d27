/** Asks for a device and a filter; form and text are the same filter, whichever is edited. */
import type { TimelineTrack } from '../../../lib/assets/api/schemas.ts'
import type { ApiError } from '../api.ts'
import { fieldsFor } from './fields.ts'
import { type Choice, everything, valueOf, withValue } from './filter-text.ts'
import { RangeField } from './range-field.tsx'
import { WordField } from './word-field.tsx'

const devices = ['phone', 'tablet', 'desktop', 'tv']

export function FilterForm({
  tracks,
  choice,
  change,
  fault,
}: {
  readonly tracks: readonly TimelineTrack[]
  readonly choice: Choice
  readonly change: (choice: Choice) => void
  readonly fault: ApiError | undefined
}) {
  const { device, filter } = choice
  return (
    <form class="filter" aria-label="Device and filter" onSubmit={(event) => event.preventDefault()}>
      <div class="filter-text">
        <div class="field">
          <label class="field-name" for="device-choice">
            Device
          </label>
          <select
            id="device-choice"
            value={device}
            onChange={(event) => change({ device: event.currentTarget.value, filter })}
          >
            <option value="">any</option>
            {devices.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </div>
        <label class="field wide">
          <span class="field-name">aws.manifestfilter</span>
          <input
            class="mono"
            type="text"
            spellcheck={false}
            autocomplete="off"
            autocapitalize="off"
            placeholder="video_height:720-1080;audio_language:en"
            value={filter}
            aria-invalid={fault !== undefined}
            {...(fault && { 'aria-describedby': 'filter-fault' })}
            onInput={(event) => change({ device, filter: event.currentTarget.value })}
          />
        </label>
        <button type="button" disabled={device === '' && filter === ''} onClick={() => change(everything)}>
          Clear
        </button>
      </div>
      {fault && (
        <p class="fault" id="filter-fault" role="alert">
          <code>{fault.code}</code> {fault.message}
        </p>
      )}
      <details open={matchMedia('(min-width: 600px)').matches}>
        <summary>Parameters</summary>
        <div class="field-groups">
          {fieldsFor(tracks).map(({ label, fields }) => (
            <section key={label} class="field-group" aria-label={label}>
              <h3>{label}</h3>
              {fields.map((field) => {
                const rest = {
                  value: valueOf(filter, field.name),
                  change: (value: string) => change({ device, filter: withValue(filter, field.name, value) }),
                }
                return field.kind === 'words' ? (
                  <WordField key={field.name} field={field} {...rest} />
                ) : (
                  <RangeField key={field.name} field={field} {...rest} />
                )
              })}
            </section>
          ))}
        </div>
      </details>
    </form>
  )
}
