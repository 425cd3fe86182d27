/** Who asked for the keys of a content: packagers, and operators who took them along. */
import type { KeyAskAnswer } from '../../../lib/rights/protection/schemas.ts'
import { Icon } from '../icons.tsx'
import { counted } from './policy-words.ts'

export function AskTable({
  asks,
  reload,
  more,
}: {
  readonly asks: readonly KeyAskAnswer[]
  readonly reload: () => void
  /** Shows those before them; undefined where these are all. */
  readonly more: (() => void) | undefined
}) {
  return (
    <div class="asks">
      <div class="asks-head">
        <h3>
          Asked for keys{' '}
          <span class="faint">
            {asks.length === 0
              ? 'nobody but our own packager and players'
              : `${more ? 'more than ' : ''}${counted(asks.length, 'time')}`}
          </span>
        </h3>
        <button type="button" class="quiet" onClick={reload}>
          <Icon name="retry" /> Look again
        </button>
      </div>
      {asks.length > 0 && (
        <div class="scroller" role="region" aria-label="Who asked for keys" tabIndex={0}>
          <table class="tracks-table cards" role="table">
            <caption class="unseen">Who asked for keys, the latest first</caption>
            <thead role="rowgroup">
              <tr role="row">
                {['When', 'Who', 'Door', 'Key ids'].map((name) => (
                  <th key={name} scope="col" role="columnheader">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody role="rowgroup">
              {asks.map(({ at, who, door, kids }) => (
                <tr key={`${at} ${who} ${kids[0]}`} role="row" data-asker={who}>
                  <th scope="row" role="rowheader">
                    <time dateTime={at}>{new Date(at).toLocaleString()}</time>
                  </th>
                  <td role="cell" data-name="Who" class="asker">
                    {who}
                  </td>
                  <td role="cell" data-name="Door">
                    {door}
                  </td>
                  <td role="cell" data-name="Key ids">
                    {kids.map((kid) => (
                      <code key={kid}>{kid}</code>
                    ))}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {more && (
        <button type="button" class="more" onClick={more}>
          Show more
        </button>
      )}
    </div>
  )
}
