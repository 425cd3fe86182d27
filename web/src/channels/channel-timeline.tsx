/** The last hour of a channel, drawn: breaks and how exactly they are cut, gaps, new beginnings; each plays from there. */
import { useEffect, useState } from 'preact/hooks'
import type { ShownChannelTimeline as Timeline } from '../../../lib/channels/overview/schema.ts'
import { type Api, type ApiError, asApiError } from '../api.ts'
import { Advice } from '../problems/advice.tsx'

const everyMs = 10_000

export function ChannelTimeline({
  api,
  channelId,
  play,
}: {
  readonly api: Api
  readonly channelId: string
  /** Plays from a time, in seconds since 1970. */
  readonly play: (seconds: number) => void
}) {
  const { timeline, error } = useTimeline(api, channelId)
  if (error && error.status !== 404)
    return (
      <section class="panel channel-timeline" aria-label="The last hour">
        <h2>The last hour</h2>
        <p class="fault" role="alert">
          <code>{error.code}</code> {error.message}
        </p>
      </section>
    )
  if (!timeline)
    return (
      <section class="panel channel-timeline" aria-label="The last hour">
        <h2>The last hour</h2>
        <p class="note">{error ? 'Nothing has come yet.' : 'Loading'}</p>
      </section>
    )
  const [from, to] = [Date.parse(timeline.start), Date.parse(timeline.end)]
  const place = (time: string): number => (100 * (Date.parse(time) - from)) / (to - from)
  const span = (start: string, end: string) => {
    const [left, right] = [Math.max(0, place(start)), Math.min(100, place(end))]
    return { left: `${left}%`, width: `${Math.max(0.2, right - left)}%` }
  }
  return (
    <section class="panel channel-timeline" aria-label="The last hour">
      <h2>The last hour</h2>
      {/* A pointer finds any place; the list below has the same by keyboard. */}
      <div
        class="channel-bar"
        onClick={({ currentTarget, clientX }) => {
          const { left, width } = currentTarget.getBoundingClientRect()
          play((from + ((clientX - left) / width) * (to - from)) / 1000)
        }}
      >
        {timeline.since && timeline.through && (
          <span class="bar-came" style={span(timeline.since, timeline.through)} />
        )}
        {timeline.markers.map(({ id, kind, start, end = timeline.through ?? start }) => (
          <span
            key={id}
            class={`bar-mark ${kind}`}
            title={`${kind} ${hour(start)}`}
            style={span(start, end)}
          />
        ))}
        {timeline.gaps.map(({ track, start, end }) => (
          <span
            key={track + start}
            class="bar-gap"
            title={`gap of ${track} ${hour(start)}`}
            style={span(start, end)}
          />
        ))}
        {timeline.discontinuities.map((time) => (
          <span
            key={time}
            class="bar-anew"
            title={`anew ${hour(time)}`}
            style={{ left: `${place(time)}%` }}
          />
        ))}
      </div>
      <p class="bar-ends">
        <span>{hour(timeline.start)}</span>
        <span>{hour(timeline.end)}</span>
      </p>
      <Happenings timeline={timeline} play={play} />
      {timeline.refused && <Refused refused={timeline.refused} />}
    </section>
  )
}

/** The last object that was not taken, or not whole, and what to do about it. */
function Refused({ refused }: { readonly refused: NonNullable<Timeline['refused']> }) {
  const { at, object, code, message } = refused
  return (
    <div class="refused-object">
      <h3>Last object that was of no use</h3>
      <p>
        {new Date(at).toLocaleString([], { hour12: false })}, <code>{object}</code>
      </p>
      <p>
        {code !== undefined && <code>{code}</code>} {message}
      </p>
      {code !== undefined && <Advice code={code} />}
    </div>
  )
}

function Happenings({
  timeline,
  play,
}: {
  readonly timeline: Timeline
  readonly play: (seconds: number) => void
}) {
  const all = [
    ...timeline.markers.map((one) => ({ at: one.start, what: kindWords[one.kind], detail: cutWords(one) })),
    ...timeline.gaps.map(({ track, start, end }) => ({
      at: start,
      what: 'Gap',
      detail: `${track}, ${lasting(start, end)}`,
    })),
    ...timeline.discontinuities.map((at) => ({ at, what: 'Feed began anew', detail: '' })),
  ].toSorted((a, b) => b.at.localeCompare(a.at))
  if (all.length === 0) return <p class="note">No breaks, no gaps.</p>
  return (
    <ul class="happenings">
      {all.slice(0, maxListed).map(({ at, what, detail }) => (
        <li key={what + at + detail}>
          <button
            type="button"
            aria-label={`Play from ${hour(at)}`}
            onClick={() => play(Date.parse(at) / 1000 - leadSeconds)}
          >
            {hour(at)}
          </button>
          <span>
            <b>{what}</b> {detail}
          </span>
        </li>
      ))}
    </ul>
  )
}

const maxListed = 30
/** What comes before is seen, too. */
const leadSeconds = 10

const kindWords: Readonly<Record<Timeline['markers'][number]['kind'], string>> = {
  break: 'Break',
  programme: 'Programme',
  chapter: 'Chapter',
  other: 'Cue',
}

/** `30 s, cut to the frame`. */
function cutWords({
  start,
  end,
  plannedSeconds,
  startLateMs,
  endLateMs,
}: Timeline['markers'][number]): string {
  const long =
    end !== undefined
      ? lasting(start, end)
      : plannedSeconds === undefined
        ? 'runs'
        : `${Math.round(plannedSeconds)} s planned`
  const late = [startLateMs, endLateMs].filter((ms) => ms !== undefined)
  if (late.length === 0) return long
  const most = Math.max(...late)
  return `${long}, ${most <= 2 ? 'cut to the frame' : `cut ${most} ms late`}`
}

const lasting = (start: string, end: string): string =>
  `${Math.round((Date.parse(end) - Date.parse(start)) / 100) / 10} s`

const hour = (time: string): string => new Date(time).toLocaleTimeString([], { hour12: false })

function useTimeline(api: Api, channelId: string) {
  const [timeline, setTimeline] = useState<Timeline>()
  const [error, setError] = useState<ApiError>()
  useEffect(() => {
    let isOver = false
    const read = async () => {
      try {
        const next = await api.channelTimeline(channelId)
        if (isOver) return
        setTimeline(next)
        setError(undefined)
      } catch (failure) {
        if (!isOver) setError(asApiError(failure))
      }
    }
    void read()
    const timer = setInterval(() => void read(), everyMs)
    return () => {
      isOver = true
      clearInterval(timer)
    }
  }, [api, channelId])
  return { timeline, error }
}
