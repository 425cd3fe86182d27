/** One player with its own controls and live figures. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { bitrate, clock } from '../format.ts'
import { Icon } from '../icons.tsx'
import { Advice } from '../problems/advice.tsx'
import { RightsAdvice } from '../problems/rights-advice.tsx'
import { playerAdvice } from '../problems/what-to-do.ts'
import type { Drm } from './drm.ts'
import { DrmFigures, type NamedKey } from './drm-figures.tsx'
import { type Figures, figuresOf } from './figures.ts'
import type { Manifests, PlayerFault, PlayerKind, Playing } from './player.ts'

/** Often enough to look alive, seldom enough to cost nothing. */
const readMs = 500
const keptFaults = 4
/** Codes of licences and sessions, within a player's own words. */
const refusalCode = /\b(?:LICENCE|SESSION|TOKEN)_[A-Z_]+/

export function PlayerPane({
  kind,
  manifests,
  drm,
  keys,
  register,
  renew,
}: {
  readonly kind: PlayerKind
  /** Undefined while they are not known: nothing plays then. */
  readonly manifests: Manifests | undefined
  /** For what is protected; the same object as long as it is the same. */
  readonly drm: Drm | undefined
  /** Keys by name, as far as this page knows them. */
  readonly keys: readonly NamedKey[]
  /** Hands the video to the page, and takes it back when the pane goes. */
  readonly register: (video: HTMLVideoElement) => () => void
  /** Opens playback anew, where that can help. */
  readonly renew: (() => void) | undefined
}) {
  const element = useRef<HTMLVideoElement>(null)
  const free = useRef<Promise<void>>(Promise.resolve())
  const [format, setFormat] = useState(kind.formats[0])
  const [attempt, setAttempt] = useState(0)
  const [version, setVersion] = useState<string>()
  const [figures, setFigures] = useState<Figures>()
  const [faults, setFaults] = useState<readonly PlayerFault[]>([])
  const url = manifests?.[format]

  useEffect(() => {
    const video = element.current
    setFaults([])
    setFigures(undefined)
    if (!video || url === undefined) return
    let gone = false
    let playing: Playing | undefined
    // Some players say the same for each track.
    const fault = (next: PlayerFault) =>
      setFaults((known) => [...known.filter(({ text }) => text !== next.text), next].slice(-keptFaults))
    const start = async () => {
      const { open } = await kind.load()
      if (gone) return
      // One that still lets go of the element would take the keys of the next one with it.
      await free.current.catch(() => undefined)
      if (gone) return
      const opened = await open(video, { url, drm }, fault)
      if (gone) {
        free.current = opened.close()
        return
      }
      playing = opened
      setVersion(opened.version)
      // Muted video may start by itself in every browser; a person decides about the sound.
      await video.play().catch(() => undefined)
    }
    start().catch((error: unknown) => fault({ fatal: true, text: String(error) }))
    const timer = setInterval(() => setFigures(figuresOf(video, playing)), readMs)
    const unregister = register(video)
    return () => {
      gone = true
      clearInterval(timer)
      unregister()
      if (playing) free.current = playing.close()
    }
  }, [kind, url, drm, attempt, register])

  const refused = faults.map(({ text }) => refusalCode.exec(text)?.[0]).find(Boolean)
  const lack =
    refused === undefined
      ? faults.map(({ fatal, text }) => (fatal ? playerAdvice(text) : undefined)).find(Boolean)
      : undefined
  const state = faults.some(({ fatal }) => fatal) ? 'error' : (figures?.state ?? 'loading')
  return (
    <article class="pane panel" aria-label={`${kind.name} player`} data-player={kind.name} data-state={state}>
      <header>
        <h2>{kind.name}</h2>
        <span class="faint">{version}</span>
        {kind.formats.length > 1 ? (
          <select
            aria-label={`${kind.name} manifest`}
            value={format}
            onChange={(event) => {
              const chosen = kind.formats.find((candidate) => candidate === event.currentTarget.value)
              if (chosen) setFormat(chosen)
            }}
          >
            {kind.formats.map((candidate) => (
              <option key={candidate} value={candidate}>
                {candidate.toUpperCase()}
              </option>
            ))}
          </select>
        ) : (
          <span class="format">{format.toUpperCase()}</span>
        )}
        <span class={`state ${state}`}>{state}</span>
      </header>
      <div class="screen">
        {/* Not every film has subtitles, and the player adds those there are. */}
        <video ref={element} muted playsInline preload="auto" aria-label={`Film in ${kind.name}`} />
      </div>
      <Controls element={element} name={kind.name} figures={figures} />
      <FigureList figures={figures} />
      {drm && <DrmFigures figures={figures} keys={keys} />}
      {faults.length > 0 && (
        <div class="faults" role={state === 'error' ? 'alert' : 'note'}>
          <ul>
            {faults.map(({ fatal, text }, index) => (
              <li key={index} class={fatal ? 'fatal' : ''}>
                {fatal ? text : `went on after ${text}`}
              </li>
            ))}
          </ul>
          <RightsAdvice code={refused} />
          {lack && <Advice code="PLAYER_LACKS" advice={lack} />}
          {state === 'error' && (
            <button type="button" onClick={renew ?? (() => setAttempt((value) => value + 1))}>
              <Icon name="retry" /> Reload
            </button>
          )}
        </div>
      )}
    </article>
  )
}

function Controls({
  element,
  name,
  figures,
}: {
  readonly element: { readonly current: HTMLVideoElement | null }
  readonly name: string
  readonly figures: Figures | undefined
}) {
  const [paused, setPaused] = useState(true)
  const [muted, setMuted] = useState(true)
  useEffect(() => {
    const video = element.current
    if (!video) return
    const read = () => {
      setPaused(video.paused)
      setMuted(video.muted)
    }
    read()
    const names = ['play', 'pause', 'ended', 'volumechange'] as const
    for (const event of names) video.addEventListener(event, read)
    return () => {
      for (const event of names) video.removeEventListener(event, read)
    }
  }, [element])
  const end = figures?.durationSeconds ?? 0
  return (
    <div class="controls">
      <button
        type="button"
        aria-label={`${paused ? 'Play' : 'Pause'} ${name}`}
        onClick={() => toggle(element.current)}
      >
        <Icon name={paused ? 'play' : 'pause'} />
      </button>
      <input
        type="range"
        aria-label={`Position in ${name}`}
        aria-valuetext={clock(figures?.atSeconds)}
        min={0}
        max={end}
        step={0.1}
        value={figures?.atSeconds ?? 0}
        disabled={end === 0}
        onInput={(event) => {
          if (element.current) element.current.currentTime = event.currentTarget.valueAsNumber
        }}
      />
      <span class="figure">
        {clock(figures?.atSeconds)} / {clock(figures?.durationSeconds && Math.round(figures.durationSeconds))}
      </span>
      <button
        type="button"
        aria-label={`${muted ? 'Unmute' : 'Mute'} ${name}`}
        onClick={() => {
          if (element.current) element.current.muted = !element.current.muted
        }}
      >
        <Icon name={muted ? 'muted' : 'sound'} />
      </button>
    </div>
  )
}

function toggle(video: HTMLVideoElement | null): void {
  if (!video) return
  if (video.paused) video.play().catch(() => undefined)
  else video.pause()
}

function FigureList({ figures }: { readonly figures: Figures | undefined }) {
  const rows: readonly (readonly [string, string])[] = [
    ['Bitrate', bitrate(figures?.bitrate || undefined)],
    ['Picture', figures && figures.width > 0 ? `${figures.width}×${figures.height}` : '–'],
    ['Buffer', figures ? `${figures.bufferSeconds.toFixed(1)} s` : '–'],
    ['Dropped', figures ? `${figures.droppedFrames} of ${figures.frames}` : '–'],
  ]
  return (
    <dl class="figures">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd data-figure={name.toLowerCase()}>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
