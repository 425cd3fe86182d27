/** Choose a device and a filter, see the manifests that result, take them along, and play them. */
import { useState } from 'preact/hooks'
import { Copyable } from '../copyable.tsx'
import { Icon } from '../icons.tsx'
import type { Manifests } from '../player/manifests.ts'
import { withQuery } from '../player/playback.ts'
import type { Lane } from '../timeline/lanes.ts'
import { DocumentView } from './document-view.tsx'
import { FilterForm } from './filter-form.tsx'
import { type Choice, everything, queryOf } from './filter-text.ts'
import { Remaining } from './remaining.tsx'
import { offeredBy } from './renditions.ts'
import { useText } from './use-text.ts'

export function ChoosePanel({
  manifests,
  isOpen,
  lanes,
  playing,
  play,
}: {
  readonly manifests: Manifests
  /** Whether they play: what is protected is refused until its session is there. */
  readonly isOpen: boolean
  readonly lanes: readonly Lane[]
  /** The query the players have now, and how they get another. */
  readonly playing: string
  readonly play: (query: string) => void
}) {
  const [choice, setChoice] = useState<Choice>(everything)
  const query = queryOf(choice)
  const chosen: Manifests = {
    hls: withQuery(manifests.hls, query),
    dash: withQuery(manifests.dash, query),
  }
  const whole = useText(isOpen ? manifests.hls : undefined)
  const result = useText(isOpen ? chosen.hls : undefined)
  const all = offeredBy(whole.text ?? '', manifests.hls)
  const left = offeredBy(result.text ?? '', manifests.hls)
  const fault = result.loading ? undefined : result.error
  return (
    <section class="panel choose" aria-labelledby="choose-title">
      <header class="panel-head">
        <h2 id="choose-title">Device, filter and manifests</h2>
        <button
          type="button"
          class="primary"
          disabled={!isOpen || playing === query || result.loading || fault !== undefined}
          onClick={() => play(query)}
        >
          <Icon name="play" /> {query === '' ? 'Play everything' : 'Play this choice'}
        </button>
      </header>
      <FilterForm tracks={lanes.map(({ track }) => track)} choice={choice} change={setChoice} fault={fault} />
      {(!fault || fault.code === 'FILTER_EMPTY') && (
        <Remaining lanes={lanes} all={all.map(({ id }) => id)} left={new Set(left.map(({ id }) => id))} />
      )}
      {isOpen && (
        <div class="links">
          <Copyable name="HLS" text={chosen.hls} />
          <Copyable name="DASH" text={chosen.dash} />
          <Copyable name="Shell" text={`curl -s '${chosen.hls}'`} />
        </div>
      )}
      {isOpen && !fault && <DocumentView manifests={chosen} playlists={left} />}
    </section>
  )
}
