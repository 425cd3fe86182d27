/** A range of numbers, from and to; an end left open is as far as the syntax goes. */
import type { Field } from './fields.ts'

/** MediaPackage's largest. */
const largest = 2_147_483_647

export function RangeField({
  field: { label, unit, perUnit },
  value,
  change,
}: {
  readonly field: Extract<Field, { readonly kind: 'range' }>
  readonly value: string
  readonly change: (value: string) => void
}) {
  const [from = '', to = ''] = value.split('-')
  const shown = (text: string, open: number): string =>
    text === '' || Number(text) === open || !Number.isFinite(Number(text))
      ? ''
      : String(Number(text) / perUnit)
  const put = (first: string, last: string) => {
    const ends = [first === '' ? 0 : scaled(first, perUnit), last === '' ? largest : scaled(last, perUnit)]
    change(first === '' && last === '' ? '' : ends.join('-'))
  }
  const [first, last] = [shown(from, 0), shown(to, largest)]
  const unitWords = unit === undefined ? '' : ` (${unit})`
  return (
    <fieldset class="field">
      <legend>
        {label}
        {unit !== undefined && <span class="faint"> {unit}</span>}
      </legend>
      <div class="range">
        <input
          type="number"
          min="0"
          step="any"
          inputMode="decimal"
          placeholder="from"
          aria-label={`${label} from${unitWords}`}
          value={first}
          onInput={(event) => put(event.currentTarget.value, last)}
        />
        <span aria-hidden="true">–</span>
        <input
          type="number"
          min="0"
          step="any"
          inputMode="decimal"
          placeholder="to"
          aria-label={`${label} to${unitWords}`}
          value={last}
          onInput={(event) => put(first, event.currentTarget.value)}
        />
      </div>
    </fieldset>
  )
}

/** The syntax takes three places behind the point. */
const scaled = (text: string, perUnit: number): number => Math.round(Number(text) * perUnit * 1000) / 1000
