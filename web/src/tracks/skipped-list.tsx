/** What is wrong with the tracks that came. Nothing is dropped or mended in silence. */
import type { ComponentChildren } from 'preact'
import type { Asset } from '../../../lib/assets/api/schemas.ts'
import { Advice } from '../problems/advice.tsx'

type Skipped = NonNullable<Asset['skipped']>

/** Tracks that can not be delivered: why, and what to do. */
export function SkippedList({ skipped }: { readonly skipped: Skipped }) {
  if (skipped.length === 0) return null
  return (
    <section class="skipped-tracks" aria-labelledby="skipped-title">
      <h3 id="skipped-title">Left out: {skipped.length}</h3>
      <ul>
        {skipped.map((one, index) => (
          <li key={index} data-skipped={one.code}>
            <TrackNote note={one}>
              <Advice code={one.code} />
            </TrackNote>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Tracks that play although something was wrong with them: what, and what was done about it. */
export function WarningList({ warnings }: { readonly warnings: NonNullable<Asset['warnings']> }) {
  if (warnings.length === 0) return null
  return (
    <section class="skipped-tracks" aria-labelledby="warnings-title">
      <h3 id="warnings-title">Mended: {warnings.length}</h3>
      <ul>
        {warnings.map((one, index) => (
          <li key={index} data-warning={one.code}>
            <TrackNote note={one} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function TrackNote({
  note,
  children,
}: {
  readonly note: Skipped[number]
  readonly children?: ComponentChildren
}) {
  const { file, type, codec, code, reason } = note
  return (
    <>
      <p>
        <code class="code busy">{code}</code>{' '}
        <strong>
          {[type, codec].filter(Boolean).join(' ')} of {file}
        </strong>
      </p>
      <p>{reason}</p>
      {children}
    </>
  )
}
