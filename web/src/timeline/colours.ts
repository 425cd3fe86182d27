/** The page's colours as a canvas can take them. */

const names = ['text', 'soft', 'line', 'sunk', 'accent', 'sound', 'words', 'busy', 'bad', 'panel'] as const

/** By the name of the custom property. */
export type Colours = Readonly<Record<(typeof names)[number], string>>

/** Reads them where they hold: a custom property with `light-dark()` in it is only resolved by being used. */
export function coloursAt(element: HTMLElement): Colours {
  const probe = document.createElement('span')
  element.append(probe)
  const read = names.map((name) => {
    probe.style.color = `var(--${name})`
    return [name, getComputedStyle(probe).color] as const
  })
  probe.remove()
  return Object.fromEntries(read) as Colours
}
