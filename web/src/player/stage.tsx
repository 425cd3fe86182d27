/** A video with its controls, for the mouse and by keys: space or k plays, arrows seek, m mutes, c shows subtitles, f fills the screen. */
import type { RefObject } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { clock } from '../format.ts'
import { Icon } from '../icons.tsx'
import type { Figures } from './figures/figures.ts'
import { type MenuKind, type Menus, off } from './menus/menus.ts'
import { PlayerMenus } from './menus/player-menus.tsx'

export function Stage({
  element,
  name,
  title,
  figures,
  menus,
  choose,
}: {
  readonly element: RefObject<HTMLVideoElement | null>
  /** What its controls are called by: several stages may stand on one page. */
  readonly name: string
  readonly title: string
  readonly figures: Figures | undefined
  readonly menus: Menus | undefined
  readonly choose: (kind: MenuKind, id: string) => void
}) {
  const stage = useRef<HTMLDivElement>(null)
  const { paused, muted } = useSwitches(element)
  const isFull = useFullscreen(stage)
  const end = figures?.durationSeconds ?? 0
  const act: Readonly<Record<string, () => void>> = {
    ' ': () => toggle(element.current),
    k: () => toggle(element.current),
    f: () => fill(stage.current),
    m: () => mute(element.current),
    c: () => menus && choose('text', nextText(menus)),
    ArrowLeft: () => seek(element.current, -5),
    ArrowRight: () => seek(element.current, 5),
  }
  return (
    <div
      ref={stage}
      class="stage"
      onKeyDown={(event) => {
        const { target, key } = event
        if (event.ctrlKey || event.metaKey || event.altKey || !act[key]) return
        // What a control does by its own keys stays its own.
        if (target instanceof HTMLSelectElement || target instanceof HTMLInputElement) return
        if (target instanceof HTMLButtonElement && key === ' ') return
        event.preventDefault()
        act[key]()
      }}
    >
      <div class="screen">
        {/* Not every film has subtitles, and the player adds those there are. */}
        <video
          ref={element}
          muted
          playsInline
          preload="auto"
          tabIndex={0}
          aria-label={title}
          aria-keyshortcuts="Space k f m c ArrowLeft ArrowRight"
          onClick={() => toggle(element.current)}
        />
      </div>
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
          min={figures?.fromSeconds ?? 0}
          max={end}
          step={0.1}
          value={figures?.atSeconds ?? 0}
          disabled={end === 0}
          onInput={(event) => {
            if (element.current) element.current.currentTime = event.currentTarget.valueAsNumber
          }}
        />
        <span class="figure">
          {clock(figures?.atSeconds)} /{' '}
          {clock(figures?.durationSeconds && Math.round(figures.durationSeconds))}
        </span>
        <button
          type="button"
          aria-label={`${muted ? 'Unmute' : 'Mute'} ${name}`}
          onClick={() => mute(element.current)}
        >
          <Icon name={muted ? 'muted' : 'sound'} />
        </button>
        <button
          type="button"
          aria-label={`${isFull ? 'Leave full screen of' : 'Full screen of'} ${name}`}
          title="Full screen"
          onClick={() => fill(stage.current)}
        >
          <Icon name="fullscreen" />
        </button>
        <PlayerMenus name={name} menus={menus} choose={choose} />
      </div>
    </div>
  )
}

/** Whether it is paused and muted, as the element says. */
function useSwitches(element: RefObject<HTMLVideoElement | null>) {
  const [switches, setSwitches] = useState({ paused: true, muted: true })
  useEffect(() => {
    const video = element.current
    if (!video) return
    const read = () => setSwitches({ paused: video.paused, muted: video.muted })
    read()
    const names = ['play', 'pause', 'ended', 'volumechange'] as const
    for (const event of names) video.addEventListener(event, read)
    return () => {
      for (const event of names) video.removeEventListener(event, read)
    }
  }, [element])
  return switches
}

function useFullscreen(stage: RefObject<HTMLDivElement | null>): boolean {
  const [isFull, setFull] = useState(false)
  useEffect(() => {
    const read = () => setFull(document.fullscreenElement === stage.current)
    document.addEventListener('fullscreenchange', read)
    return () => document.removeEventListener('fullscreenchange', read)
  }, [stage])
  return isFull
}

function toggle(video: HTMLVideoElement | null): void {
  if (!video) return
  if (video.paused) video.play().catch(() => undefined)
  else video.pause()
}

function mute(video: HTMLVideoElement | null): void {
  if (video) video.muted = !video.muted
}

function seek(video: HTMLVideoElement | null, seconds: number): void {
  if (video) video.currentTime = Math.max(0, video.currentTime + seconds)
}

/** With its controls; a browser, or the page around, may forbid it, and then nothing happens. */
function fill(stage: HTMLDivElement | null): void {
  if (!stage) return
  const done = document.fullscreenElement === stage ? document.exitFullscreen() : stage.requestFullscreen?.()
  done?.catch(() => undefined)
}

/** Round about: off, the first, the second. */
function nextText({ text: { options, chosen } }: Menus): string {
  const at = options.findIndex(({ id }) => id === chosen)
  return options[(at + 1) % options.length]?.id ?? off.id
}
