/** Codecs and problems of an asset. */
import type { Asset } from '../../../lib/assets/api/schemas.ts'
import type { AddressOf } from '../protection/addresses.ts'
import type { Lane } from '../timeline/lanes.ts'
import { SkippedList, WarningList } from './skipped-list.tsx'
import { TrackTable } from './track-table.tsx'

export function TracksPanel({
  lanes,
  addressOf,
  skipped = [],
  warnings = [],
}: {
  readonly lanes: readonly Lane[]
  readonly addressOf: AddressOf
  readonly skipped: Asset['skipped']
  readonly warnings: Asset['warnings']
}) {
  return (
    <section class="panel" aria-labelledby="tracks-title">
      <header class="panel-head">
        <h2 id="tracks-title">Tracks</h2>
        <span class="faint">
          {lanes.length} delivered{skipped.length > 0 ? `, ${skipped.length} left out` : ''}
        </span>
      </header>
      <TrackTable lanes={lanes} addressOf={addressOf} />
      <SkippedList skipped={skipped} />
      <WarningList warnings={warnings} />
    </section>
  )
}
