/** Tracks that came and can not be delivered: why, and what to do. Nothing is dropped in silence. */
import type { Asset } from '../../../lib/catalogue/schemas.ts'
import { Advice } from '../problems/advice.tsx'

export function SkippedList({ skipped }: { readonly skipped: NonNullable<Asset['skipped']> }) {
  if (skipped.length === 0) return null
  return (
    <section class="skipped-tracks" aria-labelledby="skipped-title">
      <h3 id="skipped-title">Left out: {skipped.length}</h3>
      <ul>
        {skipped.map(({ file, type, codec, code, reason }, index) => (
          <li key={index} data-skipped={code}>
            <p>
              <code class="code busy">{code}</code>{' '}
              <strong>
                {[type, codec].filter(Boolean).join(' ')} of {file}
              </strong>
            </p>
            <p>{reason}</p>
            <Advice code={code} />
          </li>
        ))}
      </ul>
    </section>
  )
}
