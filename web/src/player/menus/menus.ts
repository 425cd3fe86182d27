/** What a viewer may choose of a film, whichever player plays it: video quality, audio, subtitles. */

/** What is chosen by itself. */
export type MenuKind = 'video' | 'audio' | 'text'

/** In the order they are shown. */
export const menuKinds = ['video', 'audio', 'text'] as const satisfies readonly MenuKind[]

/** One of the things to choose. */
export interface MenuOption {
  /** Of the player's own; good as long as it plays this film. */
  readonly id: string
  readonly label: string
  /** BCP 47. */
  readonly language?: string
}

/** What there is to choose of a kind, and what is chosen. */
export interface Menu {
  readonly options: readonly MenuOption[]
  readonly chosen: string
}

/** All of a film's. */
export type Menus = Readonly<Record<MenuKind, Menu>>

/** The quality the player chooses by itself. */
export const auto: MenuOption = { id: 'auto', label: 'Auto' }
/** No subtitles. */
export const off: MenuOption = { id: 'off', label: 'Off' }

/** What a viewer wants of each kind: something of that name, or else of that language. */
export type Wish = Readonly<Partial<Record<MenuKind, Omit<MenuOption, 'id'>>>>

/** A menu without those that read alike: a player may list a film once for each codec of its sound. */
export function menuOf(options: readonly MenuOption[], chosen: string): Menu {
  const first = new Map<string, MenuOption>()
  for (const option of options) if (!first.has(option.label)) first.set(option.label, option)
  const label = options.find(({ id }) => id === chosen)?.label
  return {
    options: [...first.values()],
    chosen: (label === undefined ? undefined : first.get(label)?.id) ?? chosen,
  }
}

/** The option a wish means in this film; undefined where it has none such, and what the player chose may stay. */
export function wished({ options }: Menu, wish: Omit<MenuOption, 'id'> | undefined): string | undefined {
  if (!wish) return undefined
  const { label, language } = wish
  const named = options.find((option) => option.label === label)
  return (named ?? options.find((option) => language !== undefined && option.language === language))?.id
}

/** The menu of qualities, the best first. */
export const qualityMenu = (
  tracks: readonly (Parameters<typeof qualityLabel>[0] & { readonly id: string })[],
  chosen: string,
): Menu =>
  menuOf(
    [
      auto,
      ...tracks
        .toSorted((a, b) => (b.height ?? 0) - (a.height ?? 0) || b.bandwidth - a.bandwidth)
        .map(({ id, ...track }) => ({ id, label: qualityLabel(track) })),
    ],
    chosen,
  )

/** What is left to choose where a choice is none. */
export const isChoice = ({ options }: Menu): boolean => options.length > 1

/** Quality in words: `720p · 2.1 Mbit/s`. */
function qualityLabel({
  height,
  bandwidth,
}: {
  readonly height: number | null | undefined
  readonly bandwidth: number
}): string {
  const rate =
    bandwidth >= 1e6 ? `${(bandwidth / 1e6).toFixed(1)} Mbit/s` : `${Math.round(bandwidth / 1e3)} kbit/s`
  return height ? `${height}p · ${rate}` : rate
}

const languages = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' })

/** A track in words: its name, and its language where the name does not say it. */
export function trackLabel({
  name,
  language,
  of,
}: {
  readonly name: string | null | undefined
  readonly language: string | null | undefined
  /** What it is called where nothing is said of it. */
  readonly of: string
}): string {
  const spoken = language && language !== 'und' ? (languageName(language) ?? language) : undefined
  if (!name || name === language) return spoken ?? of
  return spoken === undefined || name.toLowerCase().includes(spoken.toLowerCase())
    ? name
    : `${name} (${spoken})`
}

function languageName(tag: string): string | undefined {
  try {
    return languages.of(tag)
  } catch {
    return undefined
  }
}

const remembered = new Map<string, Wish>()

/** What was wanted of a player since this page was loaded; nothing of it is kept beyond. */
export const wishOf = (player: string): Wish => remembered.get(player) ?? {}

/** Remembers a choice for as long as this page is open. */
export function rememberWish(player: string, kind: MenuKind, { label, language }: MenuOption): void {
  const wanted = { label, ...(language !== undefined && { language }) }
  remembered.set(player, { ...wishOf(player), [kind]: wanted })
}
