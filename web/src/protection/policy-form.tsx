/** A policy to write: what it says, and before it is saved what it does. */
import { useState } from 'preact/hooks'
import type { DrmSystem, Policy } from '../../../lib/rights/protection/policy.ts'
import { prefixes, type What } from './content.ts'
import { type Draft, draftOf, faultOf, policyOf } from './draft.ts'
import { hdcpNames, schemeNotes, systemNames, systems } from './policy-words.ts'

const schemes = ['cenc', 'cbcs'] as const

export function PolicyForm({
  what,
  policy,
  fallback,
  effectsOf,
  words,
  isBusy,
  save,
  cancel,
}: {
  readonly what: What
  readonly policy: Policy
  /** What holds for who has no policy; absent for who can't give one up. */
  readonly fallback?: Policy | undefined
  /** What saving it does. */
  readonly effectsOf: (next: Policy) => readonly string[]
  /** Of the button: to take protection off, to put it on, to change it. */
  readonly words: { readonly none: string; readonly first: string; readonly change: string }
  readonly isBusy: boolean
  /** Undefined gives the policy up. */
  readonly save: (next: Policy | undefined) => void
  readonly cancel: () => void
}) {
  const [draft, setDraft] = useState<Draft>(() => ({ ...draftOf(policy), mode: 'encrypted' }))
  const set = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }))
  const next = policyOf(draft, fallback)
  const fault = faultOf(draft)
  const effects = [
    ...(draft.mode === 'default' ? [takenOver(what)] : []),
    ...(fault === undefined ? effectsOf(next) : []),
  ]
  const isSame = fault === undefined && effects.length === 0
  const modes = (['encrypted', 'none', 'default'] as const).filter((mode) => mode !== 'default' || fallback)
  const verb =
    draft.mode === 'default'
      ? 'Take the default over'
      : next.mode === 'none'
        ? words.none
        : policy.mode === 'none'
          ? words.first
          : words.change
  return (
    <form
      class="policy-form"
      aria-label="Protection"
      onSubmit={(event) => {
        event.preventDefault()
        if (fault === undefined && !isSame) save(draft.mode === 'default' ? undefined : next)
      }}
    >
      <fieldset class="field">
        <legend>Given out</legend>
        <div class="choices">
          {modes.map((mode) => (
            <label key={mode} class="choice">
              <input type="radio" name="mode" checked={draft.mode === mode} onChange={() => set({ mode })} />
              {modeWords(what)[mode]}
            </label>
          ))}
        </div>
      </fieldset>
      {draft.mode === 'encrypted' && <Encrypted what={what} draft={draft} set={set} />}
      <div class="effects" role="status" aria-label="What will happen">
        {fault !== undefined && <p class="fault">{fault}</p>}
        {isSame && <p class="faint">Nothing changes.</p>}
        {effects.length > 0 && (
          <>
            <h3>What will happen</h3>
            <ul>
              {effects.map((effect) => (
                <li key={effect}>{effect}</li>
              ))}
            </ul>
          </>
        )}
      </div>
      <div class="form-buttons">
        <button type="submit" class="primary" disabled={isBusy || fault !== undefined || isSame}>
          {verb}
        </button>
        <button type="button" onClick={cancel}>
          Cancel
        </button>
      </div>
    </form>
  )
}

const takenOver = (what: What): string =>
  `The ${what} takes over what the default of ${prefixes[what]}/ is now; when that changes later, the ${what} stays as it is.`

const modeWords = (what: What) => ({
  encrypted: 'encrypted',
  none: 'in the clear',
  default: `as the default of ${prefixes[what]}/ says`,
})

function Encrypted({
  what,
  draft,
  set,
}: {
  readonly what: What
  readonly draft: Draft
  readonly set: (part: Partial<Draft>) => void
}) {
  const robust = systems.filter((system) => system !== 'clearkey' && draft.systems.includes(system))
  return (
    <>
      <Boxes
        legend="Schemes"
        all={schemes}
        chosen={draft.schemes}
        change={(chosen) => set({ schemes: chosen })}
        nameOf={(scheme) => scheme}
        noteOf={(scheme) => schemeNotes[scheme]}
      />
      <Boxes
        legend="DRM"
        all={systems}
        chosen={draft.systems}
        change={(chosen) => set({ systems: chosen })}
        nameOf={(system) => systemNames[system]}
        noteOf={(system) =>
          system === 'clearkey' ? 'in every browser, and its keys reach the page' : undefined
        }
      />
      <fieldset class="field">
        <legend>Keys</legend>
        <div class="choices">
          {(['shared', 'perType'] as const).map((keys) => (
            <label key={keys} class="choice">
              <input type="radio" name="keys" checked={draft.keys === keys} onChange={() => set({ keys })} />
              {keys === 'shared' ? 'one for all tracks' : 'one each for sound, SD, HD, UHD'}
            </label>
          ))}
        </div>
      </fieldset>
      <div class="policy-fields">
        <label class="field">
          <span class="field-name">New key every (seconds)</span>
          <input
            type="number"
            min="10"
            max="2592000"
            step="1"
            inputMode="numeric"
            placeholder="by hand alone"
            value={draft.rotationSeconds}
            onInput={(event) => set({ rotationSeconds: event.currentTarget.value })}
          />
        </label>
        {draft.rotationSeconds !== '' && what === 'film' && (
          <label class="field">
            <span class="field-name">DASH tells of a new key</span>
            <select
              value={draft.rotationSignalling}
              onChange={({ currentTarget: { value } }) =>
                set({ rotationSignalling: value === 'inBand' ? 'inBand' : 'periods' })
              }
            >
              <option value="periods">by a Period of its own, if long enough</option>
              <option value="inBand">within the media</option>
            </select>
          </label>
        )}
        {what === 'film' && (
          <label class="field">
            <span class="field-name">Clear lead (seconds)</span>
            <input
              type="number"
              min="0"
              max="60"
              step="1"
              inputMode="numeric"
              placeholder="none"
              value={draft.clearLeadSeconds}
              onInput={(event) => set({ clearLeadSeconds: event.currentTarget.value })}
            />
          </label>
        )}
        <label class="field">
          <span class="field-name">Displays (HDCP)</span>
          <select
            value={draft.hdcp}
            onChange={({ currentTarget: { value } }) => {
              if (value === '' || value === 'TYPE-0' || value === 'TYPE-1') set({ hdcp: value })
            }}
          >
            <option value="">any</option>
            {(['TYPE-0', 'TYPE-1'] as const).map((level) => (
              <option key={level} value={level}>
                {hdcpNames[level]} ({level})
              </option>
            ))}
          </select>
        </label>
        {robust.map((system) => (
          <label key={system} class="field">
            <span class="field-name">Least robustness, {systemNames[system]}</span>
            <input
              class="mono"
              type="text"
              spellcheck={false}
              autocomplete="off"
              pattern="[A-Za-z0-9_]{1,64}"
              placeholder={robustnessExamples[system] ?? 'any'}
              value={draft.robustness[system] ?? ''}
              onInput={({ currentTarget: { value } }) =>
                set({ robustness: { ...draft.robustness, [system]: value } })
              }
            />
          </label>
        ))}
      </div>
    </>
  )
}

const robustnessExamples: Readonly<Partial<Record<DrmSystem, string>>> = {
  widevine: 'any, or SW_SECURE_CRYPTO',
  playready: 'any, or 2000',
  fairplay: 'any, or Main',
}

/** Words of which any may be chosen; they stay in the order they are offered in. */
function Boxes<Word extends string>({
  legend,
  all,
  chosen,
  change,
  nameOf,
  noteOf,
}: {
  readonly legend: string
  readonly all: readonly Word[]
  readonly chosen: readonly Word[]
  readonly change: (chosen: Word[]) => void
  readonly nameOf: (word: Word) => string
  readonly noteOf: (word: Word) => string | undefined
}) {
  return (
    <fieldset class="field">
      <legend>{legend}</legend>
      <div class="choices">
        {all.map((word) => (
          <label key={word} class="choice" title={noteOf(word)}>
            <input
              type="checkbox"
              checked={chosen.includes(word)}
              onChange={({ currentTarget: { checked } }) =>
                change(all.filter((one) => (one === word ? checked : chosen.includes(one))))
              }
            />
            {nameOf(word)}
          </label>
        ))}
      </div>
    </fieldset>
  )
}
