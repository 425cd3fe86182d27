/** Shows what will become of files that were dropped together, before any is sent; languages and purposes can be set. */
import { useId, useState } from 'preact/hooks'
import { bcp47 } from '../../../lib/packaging/assets/language.ts'
import type { Api } from '../api.ts'
import { Dialog } from '../dialog.tsx'
import { byteSize } from '../format.ts'
import { type Beside, besideOf, type DropPlan, type FilmPlan } from './grouping.ts'
import { type Planned, PlannedFile } from './planned-file.tsx'
import type { FilmSending } from './uploads.ts'
import { isOfSeveralFiles, useExisting } from './use-existing.ts'

export function PlanDialog({
  api,
  plan,
  send,
  close,
}: {
  readonly api: Api
  readonly plan: DropPlan<File>
  readonly send: (films: readonly FilmSending[]) => void
  readonly close: () => void
}) {
  const [planned, setPlanned] = useState<readonly Planned[]>(() => [
    ...plan.films.flatMap(({ beside }, of) => beside.map((one) => ({ ...one, of }))),
    ...plan.loose.map((file) => ({ ...besideOf(file), of: undefined })),
  ])
  const existing = useExisting(
    api,
    plan.films.map(({ assetId }) => assetId),
  )
  const languages = useId()
  const isRight = planned.every(({ of, language }) => of === undefined || language === '' || bcp47(language))
  const loose = planned.filter(({ of }) => of === undefined)
  const change = (before: Planned, after: Planned) =>
    setPlanned((all) => all.map((one) => (one === before ? after : one)))
  const row = (one: Planned) => (
    <PlannedFile
      key={one.file.name}
      planned={one}
      films={plan.films.map(({ film }) => film.name)}
      languages={languages}
      change={(after) => change(one, after)}
    />
  )
  const { assets } = existing
  return (
    <Dialog
      title={plan.films.length === 1 ? 'Upload one film' : `Upload ${plan.films.length} films`}
      close={close}
    >
      <form
        class="ask plan"
        onSubmit={(event) => {
          event.preventDefault()
          if (assets && isRight)
            send(plan.films.map((film, index) => sendingOf(film, planned, index, assets)))
        }}
      >
        {plan.films.map(({ film, assetId }, index) => (
          <section key={film.name} data-plan={assetId} aria-label={assetId}>
            <h3>
              {assetId}
              {assets?.get(assetId) && <span class="note"> exists: this makes its next version</span>}
            </h3>
            <ul>
              <li class="planned">
                <span class="planned-name">{film.name}</span>
                <span class="faint">film, {byteSize(film.size)}</span>
              </li>
              {planned.filter(({ of }) => of === index).map(row)}
            </ul>
          </section>
        ))}
        {loose.length > 0 && (
          <section data-plan="" aria-label="Of no film">
            <h3>Of no film here by their names; not sent unless you say whose they are</h3>
            <ul>{loose.map(row)}</ul>
          </section>
        )}
        <datalist id={languages}>
          {common.map((tag) => (
            <option key={tag} value={tag}>
              {languageNames.of(tag)}
            </option>
          ))}
        </datalist>
        {existing.error && (
          <div class="alert" role="alert">
            <p>
              <code>{existing.error.code}</code> {existing.error.message}
            </p>
            <button type="button" onClick={existing.again}>
              Try again
            </button>
          </div>
        )}
        <footer>
          <button type="button" onClick={close}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={!assets || !isRight}>
            Upload
          </button>
        </footer>
      </form>
    </Dialog>
  )
}

const common = [
  'en',
  'de',
  'fr',
  'es',
  'it',
  'pt',
  'pt-BR',
  'nl',
  'sv',
  'da',
  'nb',
  'fi',
  'pl',
  'cs',
  'ja',
  'ko',
  'zh',
]
const languageNames = new Intl.DisplayNames('en', { type: 'language' })

/** A film as it is to be sent. Sound in files of its own, and a folder that has more than texts, need an `asset.json`. */
function sendingOf(
  film: FilmPlan<File>,
  planned: readonly Planned[],
  index: number,
  existing: ReadonlyMap<
    string,
    (Parameters<typeof isOfSeveralFiles>[0] & { readonly title?: string | undefined }) | undefined
  >,
): FilmSending {
  const own = planned.filter(({ of }) => of === index)
  const beside = own.map(
    ({ file, kind, purpose, language }): Beside<File> => ({
      file,
      kind,
      purpose,
      language: bcp47(language) ?? '',
    }),
  )
  const before = existing.get(film.assetId)
  const isCommitted =
    beside.some(({ kind }) => kind === 'audio') || (before !== undefined && isOfSeveralFiles(before))
  return { plan: { ...film, beside }, isCommitted, title: before?.title }
}
