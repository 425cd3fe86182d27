/** Sending by HTTP: a password for the encoder, shown once, and FFmpeg's words for it. */
import { useState } from 'preact/hooks'
import type { ShownFeedCredentials as Credentials } from '../../../lib/channels/ingest-api/schema.ts'
import { type Api, type ApiError, asApiError } from '../api.ts'
import { Copyable } from '../copyable.tsx'

export function HttpIngest({
  api,
  channelId,
  segmentSeconds,
}: {
  readonly api: Api
  readonly channelId: string
  readonly segmentSeconds: number
}) {
  const [credentials, setCredentials] = useState<Credentials>()
  const [isWithdrawn, setWithdrawn] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<ApiError>()
  const run = async (work: () => Promise<void>) => {
    setBusy(true)
    setError(undefined)
    try {
      await work()
    } catch (failure) {
      setError(asApiError(failure))
    }
    setBusy(false)
  }
  const create = () =>
    run(async () => {
      setCredentials(await api.createFeedCredentials(channelId))
      setWithdrawn(false)
    })
  const withdraw = () =>
    run(async () => {
      await api.deleteFeedCredentials(channelId)
      setCredentials(undefined)
      setWithdrawn(true)
    })
  return (
    <section class="panel addresses" aria-label="Send by HTTP">
      <h2>Send by HTTP</h2>
      <p class="note">
        An encoder that sends each object by PUT or POST shows a name and password. The last two passwords
        open, so that it can be moved to a new one without a gap.
      </p>
      {credentials && (
        <>
          <p class="note">Copy the password now: it is shown this once.</p>
          <Copyable name="Send to" text={credentials.url} />
          <Copyable name="User name" text={credentials.username} />
          <Copyable name="Password" text={credentials.password} />
          <Copyable name="FFmpeg" text={ffmpegWords(credentials, segmentSeconds)} />
        </>
      )}
      {isWithdrawn && (
        <p class="note" role="status">
          All passwords are withdrawn: nothing is taken by HTTP.
        </p>
      )}
      {error && (
        <p class="fault" role="alert">
          <code>{error.code}</code> {error.message}
        </p>
      )}
      <footer>
        <button type="button" disabled={isBusy} onClick={() => void create()}>
          New password
        </button>
        <button type="button" disabled={isBusy} onClick={() => void withdraw()}>
          Withdraw all
        </button>
      </footer>
    </section>
  )
}

/** Key frames where segments end, at whatever frame rate. */
function ffmpegWords({ url, username, password }: Credentials, seconds: number): string {
  const basic = btoa(`${username}:${password}`)
  return [
    'ffmpeg -re -i input.mp4 -c:v libx264 -sc_threshold 0',
    `-force_key_frames "expr:gte(t,n_forced*${seconds})"`,
    `-c:a aac -f hls -hls_time ${seconds} -method PUT`,
    `-headers "Authorization: Basic ${basic}" ${url}live.m3u8`,
  ].join(' ')
}
