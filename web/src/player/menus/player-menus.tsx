/** Choices of what a film has more than one of: quality, audio, subtitles. */
import { isChoice, type MenuKind, type Menus, menuKinds } from './menus.ts'

const words: Readonly<Record<MenuKind, string>> = { video: 'Quality', audio: 'Audio', text: 'Subtitles' }

export function PlayerMenus({
  name,
  menus,
  choose,
}: {
  readonly name: string
  readonly menus: Menus | undefined
  readonly choose: (kind: MenuKind, id: string) => void
}) {
  const kinds = menuKinds.filter((kind) => {
    const menu = menus?.[kind]
    // Auto beside a single quality chooses nothing.
    return menu && isChoice(menu) && !(kind === 'video' && menu.options.length < 3)
  })
  if (!menus || kinds.length === 0) return null
  return (
    <div class="menus">
      {kinds.map((kind) => (
        <label key={kind}>
          <span>{words[kind]}</span>
          <select
            aria-label={`${words[kind]} of ${name}`}
            data-menu={kind}
            value={menus[kind].chosen}
            onChange={({ currentTarget: { value } }) => choose(kind, value)}
          >
            {menus[kind].options.map(({ id, label }) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
          </select>
        </label>
      ))}
    </div>
  )
}
