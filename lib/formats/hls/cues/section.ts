/** Sections of SCTE 35 in tags: hex or base64, as they are and never trusted. */
import { HeadendError } from '../../../errors.ts'
import { base64Bytes } from '../../base64.ts'
import { eventsOf, readSpliceInfoSection } from '../../scte35/index.ts'
import { hexBytes } from '../../uuid.ts'
import type { TagCue } from './cue.ts'

/** section_length has 12 bits, and hex two digits a byte. */
const maxCharacters = 2 * (4095 + 3) + 2

/** The part of a cue that its section gives: the section, or why it can not be read. */
export type OfSection = Pick<TagCue, 'section' | 'unreadable'>

/** Reads one of a tag. */
export function sectionIn(text: string): OfSection {
  const bare = text.trim()
  if (bare.length > maxCharacters)
    return { unreadable: `expected a section of at most 4098 bytes, got ${bare.length} characters` }
  try {
    const section = /^0x/i.test(bare) ? hexBytes(bare.slice(2), 'section') : base64Bytes(bare, 'section')
    readSpliceInfoSection(section)
    return { section }
  } catch (error) {
    if (error instanceof HeadendError) return { unreadable: `${error.code}: ${error.message}` }
    throw error
  }
}

/** What a section alone says: out or back if it has nothing else to say. */
export function sectionCue({ section, unreadable }: OfSection): TagCue | undefined {
  if (!section) return { kind: 'section', ...(unreadable !== undefined && { unreadable }) }
  const events = eventsOf(readSpliceInfoSection(section))
  const [first] = events
  if (!first) return undefined
  const { kind, duration } = first
  const isPlain = (kind === 'out' || kind === 'in') && events.every((one) => one.kind === kind)
  return {
    kind: isPlain ? kind : 'section',
    ...(kind === 'out' && duration !== undefined && { durationSeconds: duration / 90_000 }),
    section,
  }
}
