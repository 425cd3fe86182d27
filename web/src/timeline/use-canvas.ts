/** A canvas as sharp as the screen, drawn at most once a frame. */
import type { RefObject } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { type Colours, coloursAt } from './colours.ts'

/** Width of the element in CSS pixels, as it changes. */
export function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0)
  useEffect(() => {
    if (!element.current) return
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)))
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [element])
  return width
}

/** The page's colours, read again when the system goes dark or light. */
export function useColours(element: RefObject<HTMLElement | null>): Colours | undefined {
  const [colours, setColours] = useState<Colours>()
  useEffect(() => {
    const read = () => element.current && setColours(coloursAt(element.current))
    read()
    const dark = matchMedia('(prefers-color-scheme: dark)')
    dark.addEventListener('change', read)
    return () => dark.removeEventListener('change', read)
  }, [element])
  return colours
}

/** Has `paint` draw in the next frame, and no other. */
export function usePaint(
  canvas: RefObject<HTMLCanvasElement | null>,
  size: { readonly width: number; readonly height: number },
  paint: (context: CanvasRenderingContext2D) => void,
): void {
  const { width, height } = size
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      const context = canvas.current?.getContext('2d')
      if (!canvas.current || !context || width === 0) return
      const scale = devicePixelRatio
      // Setting a size clears the canvas and costs memory, even where it stays the same.
      if (canvas.current.width !== Math.round(width * scale)) canvas.current.width = Math.round(width * scale)
      if (canvas.current.height !== Math.round(height * scale))
        canvas.current.height = Math.round(height * scale)
      context.setTransform(scale, 0, 0, scale, 0, 0)
      paint(context)
    })
    return () => cancelAnimationFrame(frame)
  })
}
