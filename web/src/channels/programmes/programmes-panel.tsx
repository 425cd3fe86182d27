/** The programmes of a channel: made, played, changed and deleted. */
import { useState } from 'preact/hooks'
import type { ShownChannel as Channel } from '../../../../lib/channels/schema.ts'
import type { Api } from '../../api.ts'
import { DeleteByIdDialog } from '../../delete-by-id-dialog.tsx'
import { Refusal } from '../../problems/refusal.tsx'
import type { Programme } from './programme.ts'
import { ProgrammeDialog } from './programme-dialog.tsx'
import { ProgrammeRow } from './programme-row.tsx'
import { useProgrammes } from './use-programmes.ts'

type Asked = { readonly what: 'make' } | { readonly what: 'change' | 'delete'; readonly programme: Programme }

export function ProgrammesPanel({
  api,
  channel,
}: {
  readonly api: Api
  readonly channel: Pick<Channel, 'id' | 'windowSeconds'>
}) {
  const { id: channelId } = channel
  const { page, error, reload, more } = useProgrammes(api, channelId)
  const [asked, setAsked] = useState<Asked>()
  const close = () => setAsked(undefined)
  const nowMs = Date.now()
  return (
    <section class="panel programmes" aria-label="Programmes">
      <header>
        <h2>Programmes</h2>
        <button type="button" onClick={() => setAsked({ what: 'make' })}>
          Make a film of this
        </button>
      </header>
      {error && <Refusal error={error} again={reload} />}
      {!page && !error && <p class="note">Loading</p>}
      {page?.programmes.length === 0 && (
        <p class="note">
          No programmes yet. One is a range of the channel with a name: its film plays as it runs, and is
          whole when it ends.
        </p>
      )}
      {page && page.programmes.length > 0 && (
        <ul>
          {page.programmes.map((programme) => (
            <ProgrammeRow
              key={programme.id}
              programme={programme}
              nowMs={nowMs}
              change={() => setAsked({ what: 'change', programme })}
              remove={() => setAsked({ what: 'delete', programme })}
            />
          ))}
        </ul>
      )}
      {page?.next !== undefined && (
        <button type="button" class="more" onClick={more}>
          Show more
        </button>
      )}
      {(asked?.what === 'make' || asked?.what === 'change') && (
        <ProgrammeDialog
          api={api}
          channel={channel}
          {...(asked.what === 'change' && { programme: asked.programme })}
          close={close}
          done={reload}
        />
      )}
      {asked?.what === 'delete' && (
        <DeleteByIdDialog
          id={asked.programme.id}
          name={asked.programme.title ?? asked.programme.id}
          words="Who plays its film gets nothing more of it within seconds. The channel goes on showing what it showed."
          remove={async () => {
            await api.deleteProgramme(channelId, asked.programme.id)
            reload()
            close()
          }}
          close={close}
        />
      )}
    </section>
  )
}
