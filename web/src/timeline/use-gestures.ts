/** Mouse, pen, finger and wheel on the drawing: drag pans, the wheel zooms, a touch of the axis sends the players. */
import type { RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { axisHeight } from './rows.ts'

/** What a gesture asks for; places in CSS pixels within the drawing. */
export interface Gestures {
  readonly pan: (pixels: number) => void
  readonly zoom: (factor: number, x: number) => void
  readonly seek: (x: number) => void
  readonly choose: (x: number, y: number) => void
  readonly point: (place: { readonly x: number; readonly y: number } | undefined) => void
}

/** Below this a hand trembles, above it drags. */
const dragPixels = 4

export function useGestures(element: RefObject<HTMLElement | null>, gestures: Gestures): void {
  // The newest ones are called, so that listeners stay while views change.
  const latest = useRef(gestures)
  latest.current = gestures
  useEffect(() => {
    const target = element.current
    if (!target) return
    let held: { x: number; readonly y: number; moved: boolean; readonly onAxis: boolean } | undefined
    const place = (event: MouseEvent) => {
      const box = target.getBoundingClientRect()
      return { x: event.clientX - box.left, y: event.clientY - box.top }
    }
    const down = (event: PointerEvent) => {
      if (event.button !== 0) return
      const at = place(event)
      held = { ...at, moved: false, onAxis: at.y < axisHeight }
      target.setPointerCapture(event.pointerId)
      if (held.onAxis) latest.current.seek(at.x)
    }
    const move = (event: PointerEvent) => {
      const at = place(event)
      if (!held) return latest.current.point(at)
      if (held.onAxis) return latest.current.seek(at.x)
      if (!held.moved && Math.abs(at.x - held.x) < dragPixels) return
      latest.current.pan(held.x - at.x)
      held = { ...held, x: at.x, moved: true }
    }
    const up = (event: PointerEvent) => {
      const at = place(event)
      if (held && !held.moved && !held.onAxis) latest.current.choose(at.x, at.y)
      held = undefined
    }
    const leave = () => latest.current.point(undefined)
    const cancel = () => {
      held = undefined
    }
    const wheel = (event: WheelEvent) => {
      const sideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)
      const zooms = event.ctrlKey || event.metaKey || target.contains(document.activeElement)
      // A page that scrolls must not stop where a drawing lies under the pointer.
      if (!sideways && !zooms) return
      event.preventDefault()
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1
      if (sideways) latest.current.pan((event.deltaX || event.deltaY) * lines)
      else latest.current.zoom(Math.exp(-event.deltaY * lines * 0.002), place(event).x)
    }
    const handlers = {
      pointerdown: down,
      pointermove: move,
      pointerup: up,
      pointercancel: cancel,
      pointerleave: leave,
    } as const
    const all = Object.entries(handlers) as [keyof typeof handlers, (event: PointerEvent) => void][]
    for (const [name, handler] of all) target.addEventListener(name, handler)
    target.addEventListener('wheel', wheel, { passive: false })
    return () => {
      for (const [name, handler] of all) target.removeEventListener(name, handler)
      target.removeEventListener('wheel', wheel)
    }
  }, [element])
}
