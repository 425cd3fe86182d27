/** The fields of a programme. */
import { useState } from 'preact/hooks'
import type { ApiError } from '../../api.ts'
import { Refusal } from '../../problems/refusal.tsx'
import { draftOf, newDraft, type ProgrammeDraft } from './draft.ts'
import type { Programme } from './programme.ts'
import type { Offer } from './times.ts'

/** The default first. */
const ways = [
  ['keep', 'kept'],
  ['remove', 'removed'],
  ['replace', 'replaced'],
] as const

export function ProgrammeForm({
  programme,
  offers,
  isBusy,
  error,
  save,
}: {
  /** The one that is changed; undefined for a new one. */
  readonly programme: Programme | undefined
  readonly offers: readonly Offer[]
  readonly isBusy: boolean
  readonly error: ApiError | undefined
  readonly save: (draft: ProgrammeDraft) => void
}) {
  const [draft, setDraft] = useState(() => (programme ? draftOf(programme) : newDraft(offers[0])))
  const change = (more: Partial<ProgrammeDraft>) => setDraft((before) => ({ ...before, ...more }))
  return (
    <form
      class="ask"
      onSubmit={(event) => {
        event.preventDefault()
        if (!isBusy) save(draft)
      }}
    >
      {!programme && (
        <label class="field">
          <span class="field-name">Id, of letters, digits, - and _</span>
          <input
            value={draft.id}
            required
            maxLength={64}
            // The hyphen alone would make the pattern one that browsers pass over.
            pattern="[A-Za-z0-9_\-]+"
            title="letters, digits, - and _"
            onInput={({ currentTarget: { value } }) => change({ id: value })}
          />
        </label>
      )}
      <label class="field">
        <span class="field-name">Title</span>
        <input
          value={draft.title}
          maxLength={200}
          placeholder={draft.id}
          onInput={({ currentTarget: { value } }) => change({ title: value })}
        />
      </label>
      <RangeFields draft={draft} offers={offers} change={change} />
      <label class="field">
        <span class="field-name">Ad breaks</span>
        <select
          value={draft.breaks}
          onChange={({ currentTarget: { value } }) =>
            change({ breaks: ways.find(([way]) => way === value)?.[0] ?? 'keep' })
          }
        >
          {ways.map(([way, words]) => (
            <option key={way} value={way}>
              {words}
            </option>
          ))}
        </select>
      </label>
      {draft.breaks === 'replace' && (
        <label class="field">
          <span class="field-name">Assets in their place, by id</span>
          <input
            value={draft.replacements}
            required
            placeholder="spot-1, spot-2"
            onInput={({ currentTarget: { value } }) => change({ replacements: value })}
          />
        </label>
      )}
      <TimeField
        name="Keep until (as long as the channel's window, if empty)"
        value={draft.keepUntil}
        isOptional
        change={(keepUntil) => change({ keepUntil })}
      />
      {programme && <p class="note">Its addresses stay. Who is watching goes on with the film as it was.</p>}
      {error && <Refusal error={error} />}
      <footer>
        <button type="submit" class="primary" disabled={isBusy}>
          {programme ? 'Save' : 'Make it'}
        </button>
      </footer>
    </form>
  )
}

function RangeFields({
  draft: { from, to },
  offers,
  change,
}: {
  readonly draft: ProgrammeDraft
  readonly offers: readonly Offer[]
  readonly change: (more: Partial<ProgrammeDraft>) => void
}) {
  const taken = offers.findIndex((offer) => offer.from === from && offer.to === to)
  return (
    <>
      {offers.length > 0 && (
        <label class="field">
          <span class="field-name">Of the channel</span>
          <select
            value={taken}
            onChange={({ currentTarget: { value } }) => {
              const offer = offers[Number(value)]
              if (offer) change({ from: offer.from, to: offer.to })
            }}
          >
            {offers.map(({ words, to: end }, i) => (
              <option key={words + end} value={i}>
                {words}
              </option>
            ))}
            <option value={-1} disabled>
              the times below
            </option>
          </select>
        </label>
      )}
      <div class="programme-times">
        <TimeField name="From" value={from} change={(time) => change({ from: time })} />
        <TimeField name="To" value={to} change={(time) => change({ to: time })} />
      </div>
      <p class="note">Times of this computer. It may end in time to come: its film grows until then.</p>
    </>
  )
}

function TimeField({
  name,
  value,
  isOptional = false,
  change,
}: {
  readonly name: string
  readonly value: string
  readonly isOptional?: boolean
  readonly change: (value: string) => void
}) {
  return (
    <label class="field">
      <span class="field-name">{name}</span>
      <input
        type="datetime-local"
        step={1}
        required={!isOptional}
        value={value}
        onInput={({ currentTarget }) => change(currentTarget.value)}
      />
    </label>
  )
}
