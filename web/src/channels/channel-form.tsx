/** What is said of a channel: a new one, or another way for one that is there. */
import { useState } from 'preact/hooks'
import type { ShownChannel as Channel } from '../../../lib/channels/schema.ts'
import { type Api, type ApiError, asApiError } from '../api.ts'
import { Dialog } from '../dialog.tsx'

/** As `adMarkers` of a channel; the default first. */
const ways = ['daterange', 'cue-out', 'both'] as const

export function ChannelForm({
  api,
  channel,
  close,
  done,
}: {
  readonly api: Api
  /** The one that is changed; absent: a new one. */
  readonly channel?: Channel
  readonly close: () => void
  readonly done: (channel: Channel) => void
}) {
  const [id, setId] = useState(channel?.id ?? '')
  const [name, setName] = useState(channel?.name ?? '')
  const [segmentSeconds, setSegmentSeconds] = useState(channel?.segmentSeconds ?? 6)
  const [windowHours, setWindowHours] = useState((channel?.windowSeconds ?? 48 * 3600) / 3600)
  const [pipelines, setPipelines] = useState(channel?.pipelines?.join(', ') ?? '')
  const [adMarkers, setAdMarkers] = useState(channel?.adMarkers ?? 'daterange')
  const [isStopped, setStopped] = useState(channel?.stopped ?? false)
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<ApiError>()
  const save = async () => {
    setBusy(true)
    setError(undefined)
    try {
      const folders = pipelines.split(/[\s,]+/).filter(Boolean)
      // Else a channel of that id would be changed unseen.
      if (!channel && (await isThere(api, id))) throw new Error(`there is a channel ${id} already`)
      done(
        await api.putChannel(id, {
          ...(name.trim() !== '' && { name: name.trim() }),
          segmentSeconds,
          windowSeconds: Math.round(windowHours * 3600),
          ...(folders.length > 0 && { pipelines: folders }),
          ...(adMarkers !== 'daterange' && { adMarkers }),
          // Said by the API alone, and kept here.
          ...(channel?.deltaUpdates === false && { deltaUpdates: false }),
          ...(channel?.latencySeconds !== undefined && { latencySeconds: channel.latencySeconds }),
          ...(isStopped && { stopped: true }),
        }),
      )
      close()
    } catch (failure) {
      setError(asApiError(failure))
      setBusy(false)
    }
  }
  return (
    <Dialog title={channel ? `Change ${channel.name ?? id}` : 'New channel'} close={close} isBusy={isBusy}>
      <form
        class="ask"
        onSubmit={(event) => {
          event.preventDefault()
          if (!isBusy) void save()
        }}
      >
        {!channel && (
          <label class="field">
            <span class="field-name">Id, in its address: /live/…/index.m3u8</span>
            <input value={id} required onInput={({ currentTarget: { value } }) => setId(value)} />
          </label>
        )}
        <label class="field">
          <span class="field-name">Name</span>
          <input
            value={name}
            maxLength={200}
            placeholder={id}
            onInput={({ currentTarget: { value } }) => setName(value)}
          />
        </label>
        <label class="field">
          <span class="field-name">Segments of the encoder, in seconds</span>
          <input
            type="number"
            min={1}
            max={20}
            step="any"
            required
            value={segmentSeconds}
            onInput={({ currentTarget }) => setSegmentSeconds(currentTarget.valueAsNumber)}
          />
        </label>
        <label class="field">
          <span class="field-name">Viewers may go back, in hours</span>
          <input
            type="number"
            min={0.1}
            max={336}
            step="any"
            required
            value={windowHours}
            onInput={({ currentTarget }) => setWindowHours(currentTarget.valueAsNumber)}
          />
        </label>
        <label class="field">
          <span class="field-name">Folders of redundant pipelines, if there are any</span>
          <input
            value={pipelines}
            placeholder="a, b"
            onInput={({ currentTarget: { value } }) => setPipelines(value)}
          />
        </label>
        <label class="field">
          <span class="field-name">HLS tells of breaks by</span>
          <select
            value={adMarkers}
            onChange={({ currentTarget: { value } }) =>
              setAdMarkers(ways.find((way) => way === value) ?? 'daterange')
            }
          >
            {ways.map((way) => (
              <option key={way}>{way}</option>
            ))}
          </select>
        </label>
        {channel && (
          <label class="check">
            <input
              type="checkbox"
              checked={isStopped}
              onChange={({ currentTarget }) => setStopped(currentTarget.checked)}
            />
            Stopped: nothing of its feed is taken
          </label>
        )}
        {channel && segmentSeconds !== channel.segmentSeconds && (
          <p class="note">Segments of another length begin a new life of the channel: players start anew.</p>
        )}
        {error && (
          <div class="alert" role="alert">
            <p>
              <code>{error.code}</code> {error.message}
            </p>
          </div>
        )}
        <footer>
          <button type="submit" class="primary" disabled={isBusy}>
            {channel ? 'Save' : 'Make it'}
          </button>
        </footer>
      </form>
    </Dialog>
  )
}

async function isThere(api: Api, id: string): Promise<boolean> {
  try {
    await api.channel(id)
    return true
  } catch (failure) {
    if (asApiError(failure).status === 404) return false
    throw failure
  }
}
