/** Joins the tags of one boundary: encoders say the same in several dialects side by side. */
import { eventsOf, readSpliceInfoSection } from '../../scte35/index.ts'
import type { PlaylistCue, TagCue } from './cue.ts'

/** A tag's cue, and which tag. */
export interface TaggedCue extends TagCue {
  readonly tag: string
  readonly line: number
}

type Joined = Omit<PlaylistCue, 'before'>

/** What the tags before one segment say: at most one way back, one way out, and what only sections say. */
export function joinedAt(tagged: readonly TaggedCue[], facts: Readonly<Record<string, string>>): Joined[] {
  const cues = tagged.filter(({ kind }) => kind === 'section')
  const ofKind = (kind: TagCue['kind']) => tagged.filter((one) => one.kind === kind)
  const groups = [...grouped(ofKind('in')), ...grouped(ofKind('out')), ...grouped(ofKind('running'))]
  const taken = new Set<TaggedCue>()
  const joined = groups.map((group): Joined => {
    const one = asOne(group)
    if (one.section || one.kind === 'running') return one
    // Words say where it goes, the section beside them the rest.
    const says = cues.find((cue) => !taken.has(cue) && isOf(one.kind, cue))
    if (!says) return one
    taken.add(says)
    const { unreadable: _, ...rest } = one
    return { ...partOf(says), ...rest, tags: [...one.tags, says.tag] }
  })
  const alone = cues
    .filter((cue) => !taken.has(cue) && (cue.section || groups.length === 0))
    .map((cue) => asOne([cue]))
  const all = [...joined, ...alone].toSorted((a, b) => rank(a) - rank(b) || a.line - b.line)
  const first = all.findIndex(({ kind }) => kind === 'out')
  return all.map((one, i) =>
    i === Math.max(0, first) && Object.keys(facts).length > 0
      ? { ...one, facts: { ...facts, ...one.facts } }
      : one,
  )
}

/** What ends here ends before the next begins. */
const rank = ({ kind }: Joined): number => ['in', 'section', 'out', 'running'].indexOf(kind)

/** Ranges of other times, and sections of other events, are of their own; all others are one. */
function grouped(cues: readonly TaggedCue[]): TaggedCue[][] {
  const groups: TaggedCue[][] = []
  for (const cue of cues) {
    const same = groups.find((group) => group.every((one) => isSame(one, cue)))
    if (same) same.push(cue)
    else groups.push([cue])
  }
  return groups
}

const isSame = (a: TaggedCue, b: TaggedCue): boolean =>
  (a.atMs === undefined || b.atMs === undefined || Math.abs(a.atMs - b.atMs) < 500) &&
  (!a.section || !b.section || eventOf(a.section) === eventOf(b.section))

/** Breaks within one another may begin at one boundary. */
function eventOf(section: Uint8Array): string {
  const [event] = eventsOf(readSpliceInfoSection(section))
  return `${event?.source} ${event?.id} ${event?.segmentation?.typeId} ${event?.segmentation?.num}`
}

/** What the first that says something says; words go before what is read of a section. */
function asOne(group: readonly TaggedCue[]): Joined {
  const [first] = group
  const tags = [...new Set(group.map(({ tag }) => tag))]
  const inOrder = group.toSorted((a, b) => Number(isBare(a)) - Number(isBare(b)))
  const merged: TagCue = Object.assign({}, ...inOrder.toReversed().map(plain))
  const { unreadable, ...rest } = merged
  return {
    ...rest,
    ...(!rest.section && unreadable !== undefined && { unreadable }),
    line: first?.line ?? 0,
    tags,
  }
}

const isBare = ({ tag }: TaggedCue): boolean =>
  ['EXT-OATCLS-SCTE35', 'EXT-X-SPLICEPOINT-SCTE35', 'EXT-SCTE35'].includes(tag)

function plain({ tag: _tag, line: _line, ...cue }: TaggedCue): TagCue {
  return cue
}

function partOf({ section, durationSeconds }: TaggedCue): Pick<TagCue, 'section' | 'durationSeconds'> {
  return { ...(section && { section }), ...(durationSeconds !== undefined && { durationSeconds }) }
}

/** Whether a section says a way out, or back, among other things. */
function isOf(kind: TagCue['kind'], { section }: TaggedCue): boolean {
  return (
    section !== undefined && eventsOf(readSpliceInfoSection(section)).some((event) => event.kind === kind)
  )
}
