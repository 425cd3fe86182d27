/**
 * Tags that encoders and packagers tell breaks by beside EXT-X-DATERANGE. None is in RFC 8216bis; each dialect is read
 * as those who write it say, and in the spellings that are met.
 */
import { readDuration } from '../../dash/time.ts'
import type { TagCue, TagReading } from './cue.ts'
import { type LooseList, looseList, secondsOf } from './loose-list.ts'
import { type OfSection, sectionCue, sectionIn } from './section.ts'

/** What each tag says, by its name. */
export const cueTags: Readonly<Record<string, (value: string) => TagReading>> = {
  'EXT-X-CUE-OUT': (value) => ({ cue: cueOut(looseList(value)) }),
  'EXT-X-CUE-OUT-CONT': (value) => ({ cue: running(value) }),
  'EXT-X-CUE-SPAN': (value) => ({ cue: running(value) }),
  'EXT-X-CUE-IN': (value) => {
    const list = looseList(value)
    return { cue: { kind: 'in', ...idOf(list), ...sectionOf(list) } }
  },
  // Elemental, with CUE-OUT and CUE-IN; Amagi and MediaTailor's own, without.
  'EXT-OATCLS-SCTE35': bareSection,
  'EXT-X-SPLICEPOINT-SCTE35': bareSection,
  'EXT-SCTE35': listedSection,
  'EXT-X-SCTE35': scte35Tag,
  'EXT-X-CUE': adobeCue,
  'EXT-X-ASSET': (value) => ({ facts: factsOf(looseList(value)) }),
}

function cueOut(list: LooseList): TagCue {
  const { bare, named } = list
  const durationSeconds = secondsOf(named.get('DURATION')) ?? secondsOf(bare[0])
  const facts = factsOf(list, ['DURATION', 'ID', 'CUE', 'SCTE35'])
  return {
    kind: 'out',
    ...idOf(list),
    ...(durationSeconds !== undefined && { durationSeconds }),
    ...sectionOf(list),
    ...(Object.keys(facts).length > 0 && { facts }),
  }
}

/** `8.308/30`, `ElapsedTime=8.308,Duration=30,SCTE35=…`, `TIMEFROMSIGNAL=PT8S`. */
function running(value: string): TagCue {
  const list = looseList(value)
  const [elapsed, duration] = (list.bare[0] ?? '').split('/')
  const { named } = list
  const signal = named.get('TIMEFROMSIGNAL')
  const elapsedSeconds =
    secondsOf(named.get('ELAPSEDTIME')) ??
    secondsOf(named.get('ELAPSED')) ??
    (signal === undefined ? undefined : readDuration(signal)) ??
    secondsOf(elapsed)
  const durationSeconds = secondsOf(named.get('DURATION')) ?? secondsOf(duration)
  return {
    kind: 'running',
    ...idOf(list),
    ...(elapsedSeconds !== undefined && { elapsedSeconds }),
    ...(durationSeconds !== undefined && { durationSeconds }),
    ...sectionOf(list),
  }
}

function bareSection(value: string): TagReading {
  return told(sectionIn(value))
}

function listedSection(value: string): TagReading {
  const list = looseList(value)
  const cue = list.named.get('CUE')
  if (cue === undefined) return { reason: 'expected CUE, got none' }
  return told(sectionIn(cue), idOf(list))
}

/** `CUE-OUT=YES`, `CUE-IN=YES` or `CUE-OUT=CONT` says what; without either the section does. */
function scte35Tag(value: string): TagReading {
  const list = looseList(value)
  const { named } = list
  const durationSeconds = secondsOf(named.get('DURATION'))
  const elapsedSeconds = secondsOf(named.get('ELAPSED'))
  const common = {
    ...idOf(list),
    ...(durationSeconds !== undefined && { durationSeconds }),
    ...sectionOf(list),
  }
  const out = named.get('CUE-OUT')?.toUpperCase()
  if (out === 'YES') return { cue: { kind: 'out', ...common } }
  if (out === 'CONT')
    return {
      cue: { kind: 'running', ...common, ...(elapsedSeconds !== undefined && { elapsedSeconds }) },
    }
  if (named.get('CUE-IN')?.toUpperCase() === 'YES')
    return { cue: { kind: 'in', ...idOf(list), ...sectionOf(list) } }
  return listedSection(value)
}

/** Adobe's: it says no end, so that its duration is one. */
function adobeCue(value: string): TagReading {
  const list = looseList(value)
  const type = list.named.get('TYPE')?.toLowerCase()
  if (type === 'spliceout') {
    const durationSeconds = secondsOf(list.named.get('DURATION'))
    const lasts = durationSeconds !== undefined && ({ durationSeconds, isExact: true } as const)
    return { cue: { kind: 'out', ...idOf(list), ...lasts } }
  }
  if (type === 'splicein') return { cue: { kind: 'in', ...idOf(list) } }
  return { reason: `TYPE: expected SpliceOut or SpliceIn, got ${JSON.stringify((type ?? '').slice(0, 40))}` }
}

function told(of: OfSection, more: Pick<TagCue, 'id'> = {}): TagReading {
  const cue = sectionCue(of)
  return cue ? { cue: { ...cue, ...more } } : { reason: 'a section that says nothing of the programme' }
}

function idOf({ named }: LooseList): Pick<TagCue, 'id'> {
  const id = named.get('ID')
  return id === undefined || id === '' ? {} : { id }
}

function sectionOf({ named }: LooseList): OfSection {
  const text = named.get('CUE') ?? named.get('SCTE35')
  return text === undefined || text === '' ? {} : sectionIn(text)
}

const factsOf = ({ named }: LooseList, without: readonly string[] = []): Readonly<Record<string, string>> =>
  Object.fromEntries([...named].filter(([name]) => !without.includes(name)))
