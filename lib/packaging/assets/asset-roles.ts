/** The purpose of a file as stated in `asset.json`: `"roles": ["commentary"]`, `"forced": true`, `"default": true`. */

/** The expected form, for error messages. */
export const wantedRoles =
  'roles among those of DASH, as ["alternate", "commentary"], and forced and default as true or false'

/** Roles of audio and text (ISO/IEC 23009-1 table 34). */
const known: ReadonlySet<string> = new Set([
  'main',
  'alternate',
  'supplementary',
  'commentary',
  'dub',
  'description',
  'caption',
  'subtitle',
  'forced-subtitle',
  'emergency',
  'karaoke',
  'easyreader',
  'enhanced-audio-intelligibility',
])

const isFlag = (value: unknown): value is boolean | undefined =>
  value === undefined || typeof value === 'boolean'

/** DASH roles; undefined if none are stated, null if invalid. */
export function readRoles({
  roles = [],
  forced,
  default: first,
}: Readonly<Record<string, unknown>>): readonly string[] | undefined | null {
  if (!Array.isArray(roles) || !isFlag(forced) || !isFlag(first)) return null
  const list = roles.map((role: unknown) => (typeof role === 'string' && known.has(role) ? role : undefined))
  if (list.includes(undefined)) return null
  const said = new Set(list.flatMap((role) => role ?? []))
  if (forced) said.add('forced-subtitle')
  if (first) said.add('main')
  return said.size > 0 ? [...said] : undefined
}
