/** A file that goes with a film: as what, in which language, with which film. */
import { bcp47 } from '../../../lib/packaging/assets/language.ts'
import type { Beside, Purpose } from './grouping.ts'

/** A file, and the film of the drop it goes with; undefined: with none. */
export type Planned = Beside<File> & { readonly of: number | undefined }

const purposes: readonly (readonly [Purpose, string])[] = [
  ['', 'subtitles'],
  ['sdh', 'captions (SDH)'],
  ['forced', 'forced subtitles'],
]

export function PlannedFile({
  planned,
  films,
  languages,
  change,
}: {
  readonly planned: Planned
  /** Names of the films of the drop. */
  readonly films: readonly string[]
  /** Id of a list of languages. */
  readonly languages: string
  readonly change: (after: Planned) => void
}) {
  const { file, kind, language, purpose, of } = planned
  const { name } = file
  const isWrong = language !== '' && bcp47(language) === undefined
  return (
    <li class="planned" data-planned={name}>
      <span class="planned-name">{name}</span>
      {kind === 'audio' ? (
        <span class="faint">audio</span>
      ) : (
        <select
          aria-label={`What ${name} is`}
          value={purpose}
          onChange={({ currentTarget: { value } }) => {
            const chosen = purposes.find(([one]) => one === value)
            if (chosen) change({ ...planned, purpose: chosen[0] })
          }}
        >
          {purposes.map(([one, words]) => (
            <option key={one} value={one}>
              {words}
            </option>
          ))}
        </select>
      )}
      <span class="field">
        <input
          aria-label={`Language of ${name}`}
          placeholder="language"
          list={languages}
          maxLength={35}
          size={8}
          value={language}
          aria-invalid={isWrong}
          onInput={({ currentTarget: { value } }) => change({ ...planned, language: value.trim() })}
        />
      </span>
      <select
        aria-label={`Film of ${name}`}
        value={of === undefined ? '' : String(of)}
        onChange={({ currentTarget: { value } }) =>
          change({ ...planned, of: value === '' ? undefined : Number(value) })
        }
      >
        {films.map((film, index) => (
          <option key={film} value={String(index)}>
            with {film}
          </option>
        ))}
        <option value="">not sent</option>
      </select>
      {isWrong && (
        <p class="fault" role="alert">
          {language} is no language tag: write en, de, pt-BR
        </p>
      )}
    </li>
  )
}
