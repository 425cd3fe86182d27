/** A list of words of which any may be asked for. */
import type { Field } from './fields.ts'

export function WordField({
  field,
  value,
  change,
}: {
  readonly field: Extract<Field, { readonly kind: 'words' }>
  readonly value: string
  readonly change: (value: string) => void
}) {
  const chosen = value === '' ? [] : value.toLowerCase().split(',')
  const toggle = (word: string, on: boolean) =>
    // Words that were typed and stand in no box stay.
    change((on ? [...chosen, word] : chosen.filter((known) => known !== word)).join(','))
  return (
    <fieldset class="field">
      <legend>{field.label}</legend>
      <div class="choices">
        {field.options.map((option) => (
          <label key={option.value} class="choice">
            <input
              type="checkbox"
              checked={chosen.includes(option.value)}
              onChange={(event) => toggle(option.value, event.currentTarget.checked)}
            />
            {option.label}
          </label>
        ))}
        {field.options.length === 0 && <span class="faint">none stated</span>}
      </div>
    </fieldset>
  )
}
