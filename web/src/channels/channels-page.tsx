/** All channels, and the way to a new one. */
import { useCallback, useEffect, useState } from 'preact/hooks'
import type { ShownChannel as Channel } from '../../../lib/channels/schema.ts'
import { type Api, type ApiError, asApiError } from '../api.ts'
import { ago } from '../format.ts'
import { channelLink } from '../route.ts'
import { ChannelForm } from './channel-form.tsx'
import { hours } from './words.ts'

export function ChannelsPage({ api }: { readonly api: Api }) {
  const { channels, next, error, reload, more } = useChannels(api)
  const [isAsking, setAsking] = useState(false)
  const isEmpty = channels?.length === 0
  return (
    <main class="page">
      <div class="page-head">
        <h1>Channels</h1>
        {channels && !isEmpty && <span class="count">{channels.length}</span>}
        {channels && (
          <button type="button" class="primary" onClick={() => setAsking(true)}>
            New channel
          </button>
        )}
      </div>
      {error && (
        <div class="alert" role="alert">
          <p>
            <code>{error.code}</code> {error.message}
          </p>
          <button type="button" onClick={reload}>
            Try again
          </button>
        </div>
      )}
      {!channels && !error && (
        <div class="panel loading" role="status">
          <span class="unseen">Loading channels</span>
          <div class="bone" />
        </div>
      )}
      {isEmpty && (
        <div class="panel empty">
          <h2>No channels yet</h2>
          <p>A channel takes what an encoder uploads and shows it live, with start-over.</p>
        </div>
      )}
      {channels && !isEmpty && <ChannelTable channels={channels} nowMs={Date.now()} />}
      {next !== undefined && (
        <button type="button" class="more" onClick={more}>
          Show more
        </button>
      )}
      {isAsking && (
        <ChannelForm
          api={api}
          close={() => setAsking(false)}
          done={({ id }) => {
            location.hash = channelLink(id)
          }}
        />
      )}
    </main>
  )
}

function ChannelTable({
  channels,
  nowMs,
}: {
  readonly channels: readonly Channel[]
  readonly nowMs: number
}) {
  return (
    <table class="assets panel" role="table">
      <caption class="unseen">Channels, by id</caption>
      <thead role="rowgroup">
        <tr role="row">
          {['Channel', 'Segments', 'Window', 'Changed'].map((name) => (
            <th key={name} scope="col" role="columnheader">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {channels.map(({ id, name, segmentSeconds, windowSeconds, updatedAt, stopped }) => (
          <tr key={id} role="row" data-channel={id}>
            <th scope="row" role="rowheader">
              <a href={channelLink(id)}>{name ?? id}</a>
              {name !== undefined && name !== id && <span class="asset-id">{id}</span>}
              {stopped && <span class="asset-id">stopped</span>}
            </th>
            <td role="cell">{segmentSeconds} s</td>
            <td role="cell">{hours(windowSeconds)}</td>
            <td role="cell">{ago(updatedAt, nowMs)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Channels as far as they were asked for. */
function useChannels(api: Api) {
  const [channels, setChannels] = useState<readonly Channel[]>()
  const [next, setNext] = useState<string>()
  const [error, setError] = useState<ApiError>()
  const read = useCallback(
    async (before: readonly Channel[], from?: string) => {
      try {
        const page = await api.channels(from)
        setChannels([...before, ...page.channels])
        setNext(page.next)
        setError(undefined)
      } catch (failure) {
        setError(asApiError(failure))
      }
    },
    [api],
  )
  useEffect(() => void read([]), [read])
  return {
    channels,
    next,
    error,
    reload: () => void read([]),
    more: () => void read(channels ?? [], next),
  }
}
