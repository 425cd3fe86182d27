/** A failed upload: its code, what is wrong, what to do, and the button to do it with. */
import type { Asset } from '../../../lib/assets/api/schemas.ts'
import { byteSize } from '../format.ts'
import { Advice } from './advice.tsx'
import { Remedy } from './remedy.tsx'

export function Problem({
  asset,
  upload,
}: {
  readonly asset: Asset
  /** Takes the file that is to replace the broken one. */
  readonly upload: (files: readonly File[], assetId: string) => void
}) {
  const { error, files, version } = asset
  if (!error) return null
  return (
    <section class="panel problem" role="alert" data-problem={error.code}>
      <p class="problem-said">
        <code class="code bad">{error.code}</code> {error.message}
      </p>
      <Advice code={error.code} />
      {version !== undefined && <p>The version before it still plays, below and for all viewers.</p>}
      {files.length > 0 && (
        <ul class="problem-files" aria-label="Files of this upload">
          {files.map(({ key, bytes }) => (
            <li key={key}>
              <code>{key}</code> {bytes !== undefined && <span class="faint">{byteSize(bytes)}</span>}
            </li>
          ))}
        </ul>
      )}
      <Remedy code={error.code} assetId={asset.id} upload={upload} />
    </section>
  )
}
