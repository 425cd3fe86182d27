/** Code that shows an asset in a page elsewhere, to copy; and what that page must do where it is protected. */
import { useId, useState } from 'preact/hooks'
import type { Asset } from '../../../lib/assets/api/schemas.ts'
import type { DrmSystem } from '../../../lib/rights/protection/policy.ts'
import { Copyable } from '../copyable.tsx'
import { Dialog } from '../dialog.tsx'
import { players } from '../player/players.ts'
import { embedCode, embedUrl } from './embed-code.ts'

export function EmbedDialog({
  asset,
  systems,
  apiUrl,
  close,
}: {
  readonly asset: Asset
  /** Of its policy; undefined: in the clear. */
  readonly systems: readonly DrmSystem[] | undefined
  readonly apiUrl: string
  readonly close: () => void
}) {
  const choices = players.flatMap(({ name, formats }) => formats.map((format) => ({ name, format })))
  const [chosen, choose] = useState(0)
  const [autoplay, setAutoplay] = useState(false)
  const hint = useId()
  const { name = 'hls.js', format = 'hls' } = choices[chosen] ?? {}
  const { id, title = id, manifests } = asset
  const content = `vod/${id}`
  const shared = { content, player: name, format, autoplay, title }
  const url = embedUrl(location.origin, { ...shared, ...(systems && { systems }) })
  return (
    <Dialog title={`Embed ${title}`} close={close}>
      <div class="ask">
        <div class="embed-choice">
          <label class="field row">
            <span class="field-name">Player</span>
            <select value={String(chosen)} onChange={({ currentTarget: { value } }) => choose(Number(value))}>
              {choices.map((one, index) => (
                <option key={`${one.name} ${one.format}`} value={String(index)}>
                  {one.name}, {one.format.toUpperCase()}
                </option>
              ))}
            </select>
          </label>
          <label class="check">
            <input
              type="checkbox"
              checked={autoplay}
              onChange={({ currentTarget }) => setAutoplay(currentTarget.checked)}
            />
            Starts by itself, muted
          </label>
        </div>
        <Copyable name="Code" text={embedCode(url, title)} {...(systems && { describedBy: hint })} />
        {systems ? (
          <div id={hint} class="embed-hint">
            <p>
              It is protected, so the code opens nothing by itself. For each viewer, your server asks for a
              session and a playback token with its operator's token, and writes them in place of{' '}
              <code>SESSION</code> and <code>TOKEN</code>. They stand behind the <code>#</code>, which reaches
              no server and no log. Never write an operator's token into a page.
            </p>
            <pre>{`POST ${apiUrl}/v1/sessions {"content":"${content}","ttlSeconds":14400}
  → "token" is SESSION; "hls" and "dash" are URLs for players of your own
POST ${apiUrl}/v1/tokens {"content":"${content}","account":"<viewer>","ttlSeconds":14400}
  → "token" is TOKEN`}</pre>
          </div>
        ) : (
          <>
            <p class="faint">For players of your own:</p>
            <Copyable name="HLS" text={manifests.hls} />
            <Copyable name="DASH" text={manifests.dash} />
          </>
        )}
      </div>
    </Dialog>
  )
}
