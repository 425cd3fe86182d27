/** Which renditions a choice leaves, and which it takes away. */
import type { Lane } from '../timeline/lanes.ts'

export function Remaining({
  lanes,
  all,
  left,
}: {
  readonly lanes: readonly Lane[]
  /** Ids without any filter, and with this one. */
  readonly all: readonly string[]
  readonly left: ReadonlySet<string>
}) {
  const titles = new Map(lanes.map(({ track, title }) => [track.id, title]))
  const kept = all.filter((id) => left.has(id)).length
  return (
    <section class="remaining" aria-labelledby="remaining-title">
      <h3 id="remaining-title">
        Renditions{' '}
        <span class="faint" role="status">
          {kept} of {all.length} remain
        </span>
      </h3>
      <ul>
        {all.map((id) => {
          const words = (
            <>
              {titles.get(id) ?? id} <code class="faint">{id}</code>
            </>
          )
          return (
            <li key={id} data-rendition={id} data-left={left.has(id)}>
              {left.has(id) ? (
                words
              ) : (
                <>
                  <del>{words}</del> <span class="note">removed</span>
                </>
              )}
            </li>
          )
        })}
      </ul>
    </section>
  )
}
