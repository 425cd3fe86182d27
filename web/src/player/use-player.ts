/** A player at work on a video element, and what it says of itself: read often enough to look alive. */
import type { RefObject } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Drm } from './drm.ts'
import { type Figures, figuresOf } from './figures/figures.ts'
import { type MenuKind, type Menus, menuKinds, rememberWish, wished, wishOf } from './menus/menus.ts'
import type { PlayerFault, PlayerKind, Playing } from './player.ts'

const readMs = 500
const keptFaults = 4

/** What a page shows of a player. */
export interface Watched {
  readonly element: RefObject<HTMLVideoElement | null>
  readonly version: string | undefined
  readonly figures: Figures | undefined
  readonly faults: readonly PlayerFault[]
  readonly menus: Menus | undefined
  readonly choose: (kind: MenuKind, id: string) => void
  /** Opens the same again. */
  readonly reload: () => void
}

/** What is to be played. */
export interface Played {
  readonly kind: PlayerKind
  /** Undefined while it is not known: nothing plays then. */
  readonly url: string | undefined
  /** The same object as long as it is the same. */
  readonly drm: Drm | undefined
  readonly autoplay: boolean
  /** Told of the video while one plays; gives back what ends that. */
  readonly register?: (video: HTMLVideoElement) => () => void
}

/** Plays as long as the component is there; what a viewer chose before is chosen again in whatever plays next. */
export function usePlayer({ kind, url, drm, autoplay, register }: Played): Watched {
  const element = useRef<HTMLVideoElement>(null)
  const free = useRef<Promise<void>>(Promise.resolve())
  const current = useRef<Playing | undefined>(undefined)
  const [attempt, setAttempt] = useState(0)
  const [version, setVersion] = useState<string>()
  const [figures, setFigures] = useState<Figures>()
  const [faults, setFaults] = useState<readonly PlayerFault[]>([])
  const [menus, setMenus] = useState<Menus>()

  useEffect(() => {
    const video = element.current
    setFaults([])
    setFigures(undefined)
    setMenus(undefined)
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
      current.current = opened
      setVersion(opened.version)
      // Muted video may start by itself in every browser; a person decides about the sound.
      if (autoplay) await video.play().catch(() => undefined)
    }
    start().catch((error: unknown) => fault({ fatal: true, text: String(error) }))
    const waiting = new Set<MenuKind>(menuKinds)
    const timer = setInterval(() => {
      setFigures(figuresOf(video, playing))
      if (playing) setMenus(settled(playing, kind.name, waiting))
    }, readMs)
    const unregister = register?.(video)
    return () => {
      gone = true
      clearInterval(timer)
      unregister?.()
      current.current = undefined
      if (playing) free.current = playing.close()
    }
  }, [kind, url, drm, attempt, autoplay, register])

  return {
    element,
    version,
    figures,
    faults,
    menus,
    choose: (of, id) => {
      const option = menus?.[of].options.find((one) => one.id === id)
      if (!option || !current.current) return
      rememberWish(kind.name, of, option)
      current.current.choose(of, id)
      setMenus(current.current.menus())
    },
    reload: () => setAttempt((value) => value + 1),
  }
}

/** The menus, once what was chosen of another film is chosen here, too: each kind once, when there is something to choose. */
function settled(playing: Playing, player: string, waiting: Set<MenuKind>): Menus | undefined {
  const menus = playing.menus()
  if (!menus) return undefined
  const wish = wishOf(player)
  for (const kind of menuKinds) {
    const menu = menus[kind]
    // Subtitles and audio come to be known after the qualities.
    if (!waiting.has(kind) || menu.options.length < 2) continue
    waiting.delete(kind)
    const id = wished(menu, wish[kind])
    if (id !== undefined && id !== menu.chosen) playing.choose(kind, id)
  }
  return playing.menus()
}
