/** The whole page takes files; a real file input does the same from the keyboard. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { Icon } from '../icons.tsx'
import { besideFilms, films } from './file-kinds.ts'

type TakeFiles = (files: readonly File[]) => void

/** Shows where to let go while files hang over the page. */
export function DropZone({ take }: { readonly take: TakeFiles }) {
  const [over, setOver] = useState(false)
  useEffect(() => {
    // Entering a child leaves its parent: only the count tells whether the page was left.
    let depth = 0
    const holdsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false
    const enter = (event: DragEvent) => {
      if (!holdsFiles(event)) return
      event.preventDefault()
      depth++
      setOver(true)
    }
    const leave = (event: DragEvent) => {
      if (!holdsFiles(event)) return
      depth--
      if (depth <= 0) setOver(false)
    }
    const allow = (event: DragEvent) => {
      if (!holdsFiles(event)) return
      event.preventDefault()
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy'
    }
    const drop = (event: DragEvent) => {
      if (!holdsFiles(event)) return
      event.preventDefault()
      depth = 0
      setOver(false)
      take([...(event.dataTransfer?.files ?? [])])
    }
    const handlers = { dragenter: enter, dragleave: leave, dragover: allow, drop }
    const all = Object.entries(handlers) as [keyof typeof handlers, (event: DragEvent) => void][]
    for (const [name, handler] of all) addEventListener(name, handler)
    return () => {
      for (const [name, handler] of all) removeEventListener(name, handler)
    }
  }, [take])
  return over ? (
    <div class="drop-zone" aria-hidden="true">
      <p>
        <Icon name="upload" /> Drop to upload
      </p>
    </div>
  ) : null
}

/** A button over the browser's own file input. */
export function FileButton({
  take,
  words = 'Upload',
  label = 'Choose films to upload',
  again = false,
}: {
  readonly take: TakeFiles
  readonly words?: string
  readonly label?: string
  /** One file, for an asset that is there. */
  readonly again?: boolean
}) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <label class={again ? 'button file-button' : 'button primary file-button'}>
      <Icon name="upload" /> {words}
      <input
        ref={input}
        type="file"
        multiple={!again}
        accept={`${films},${besideFilms}`}
        aria-label={label}
        onChange={() => {
          take([...(input.current?.files ?? [])])
          // The same file may be chosen again.
          if (input.current) input.current.value = ''
        }}
      />
    </label>
  )
}
