/** One player with its own controls and live figures. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { bitrate, clock } from '../format.ts'
import { Icon } from '../icons.tsx'
import { type Figures, figuresOf } from './figures.ts'
import type { Manifests, PlayerFault, PlayerKind, Playing } from './player.ts'

/** Often enough to look alive, seldom enough to cost nothing. */
const readMs = 500
const keptFaults = 4

export function PlayerPane({
  kind,
  manifests,
  register,
}: {
  readonly kind: PlayerKind
  readonly manifests: Manifests
  /** Hands the video to the page, and takes it back when the pane goes. */
  readonly register: (video: HTMLVideoElement) => () => void
}) {
  const element = useRef<HTMLVideoElement>(null)
  const [format, setFormat] = useState(kind.formats[0])
  const [attempt, setAttempt] = useState(0)
  const [version, setVersion] = useState<string>()
  const [figures, setFigures] = useState<Figures>()
  const [faults, setFaults] = useState<readonly PlayerFault[]>([])
  const url = manifests[format]

  useEffect(() => {
    const video = element.current
    if (!video) return
    let gone = false
    let playing: Playing | undefined
    setFaults([])
    const fault = (next: PlayerFault) => setFaults((known) => [...known, next].slice(-keptFaults))
    const start = async () => {
      const { open } = await kind.load()
      if (gone) return
      const opened = await open(video, url, fault)
      if (gone) return opened.close()
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
      playing?.close()
    }
  }, [kind, url, attempt, register])

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
      {faults.length > 0 && (
        <div class="faults" role={state === 'error' ? 'alert' : 'note'}>
          <ul>
            {faults.map(({ fatal, text }, index) => (
              <li key={index} class={fatal ? 'fatal' : ''}>
                {fatal ? text : `went on after ${text}`}
              </li>
            ))}
          </ul>
          {state === 'error' && (
            <button type="button" onClick={() => setAttempt((value) => value + 1)}>
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
