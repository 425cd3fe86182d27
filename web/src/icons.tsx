/** The few signs the console uses, in the colour of the text. */

const paths = {
  play: 'M5 3.5v9l7.5-4.5z',
  pause: 'M4.5 3.5h2.5v9H4.5zM9 3.5h2.5v9H9z',
  upload: 'M8 11V3.5M4.8 6.5 8 3.3l3.2 3.2M3 12.7h10',
  copy: 'M6 6h7v7H6zM3 10V3h7',
  done: 'M3 8.5 6.5 12 13 4.5',
  close: 'M4 4l8 8M12 4l-8 8',
  muted: 'M3 6.3h2.2L8.5 3.5v9L5.2 9.7H3zM11 6.3l3 3.4M14 6.3l-3 3.4',
  sound: 'M3 6.3h2.2L8.5 3.5v9L5.2 9.7H3zM11 5.5a3.6 3.6 0 0 1 0 5M12.7 3.8a6 6 0 0 1 0 8.4',
  retry: 'M12.5 8a4.5 4.5 0 1 1-1.4-3.2M12.5 2.5v3h-3',
  back: 'M9.5 3.5 5 8l4.5 4.5',
  forward: 'M6.5 3.5 11 8l-4.5 4.5',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  edit: 'M10.5 3.2 12.8 5.5 5.5 12.8 2.8 13.2 3.2 10.5z',
  bin: 'M3 4.5h10M6.2 4.5V3h3.6v1.5M4.5 4.5l.6 8.7h5.8l.6-8.7M6.8 7v4M9.2 7v4',
  embed: 'M5.5 4.5 2 8l3.5 3.5M10.5 4.5 14 8l-3.5 3.5',
  fullscreen: 'M3 6.5V3h3.5M9.5 3H13v3.5M13 9.5V13H9.5M6.5 13H3V9.5',
  download: 'M8 3v7.5M4.8 7.5 8 10.7l3.2-3.2M3 12.7h10',
} as const

const filled: ReadonlySet<string> = new Set(['play', 'pause'])

/** A sign; says nothing to a screen reader, so its button needs a label. */
export const Icon = ({ name }: { readonly name: keyof typeof paths }) => (
  <svg class={filled.has(name) ? 'icon filled' : 'icon'} viewBox="0 0 16 16" aria-hidden="true">
    <path d={paths[name]} />
  </svg>
)
