/** The line where the players are. It moves with the pictures and never has the lanes drawn again. */
import { useEffect, useRef } from 'preact/hooks'
import type { Screens } from '../player/screens.ts'
import type { View } from './view.ts'

export function Playhead({
  view,
  width,
  screens,
}: {
  readonly view: View
  readonly width: number
  readonly screens: Screens
}) {
  const line = useRef<HTMLDivElement>(null)
  useEffect(() => {
    let frame = 0
    const follow = () => {
      frame = requestAnimationFrame(follow)
      if (!line.current) return
      const at = screens.position()
      const hidden = at === undefined || at < view.from || at > view.to
      line.current.hidden = hidden
      if (hidden) return
      const x = ((at - view.from) / (view.to - view.from)) * width
      line.current.style.transform = `translateX(${x.toFixed(1)}px)`
    }
    follow()
    return () => cancelAnimationFrame(frame)
  }, [view, width, screens])
  return <div ref={line} class="playhead" aria-hidden="true" />
}
