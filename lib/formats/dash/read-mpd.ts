/** Reads any MPD as a tree that can be written back byte for byte, with the times of its Periods resolved. */
import { HeadendError } from '../../errors.ts'
import { optional } from '../optional.ts'
import { readXml } from '../xml/read.ts'
import { attributeOf, childrenOf, localName, type XmlDocument, type XmlNode } from '../xml/tree.ts'
import { readDateTime, readDuration } from './time.ts'

/** A parsed MPD; `document` is what is written back. */
export interface ReadMpd {
  readonly document: XmlDocument
  readonly type: 'static' | 'dynamic'
  readonly durationSeconds?: number
  readonly availabilityStartMs?: number
  readonly publishMs?: number
  readonly minimumUpdateSeconds?: number
  readonly timeShiftBufferSeconds?: number
  readonly suggestedDelaySeconds?: number
  readonly periods: readonly ReadPeriod[]
}

/** A Period with its times. */
export interface ReadPeriod {
  readonly node: XmlNode
  readonly startSeconds: number
  /** Absent while its end is open. */
  readonly durationSeconds?: number
}

/** Parses an MPD; refuses XML of another kind. */
export function readMpd(text: string): ReadMpd {
  const document = readXml(text)
  const { root } = document
  if (localName(root.name) !== 'MPD') {
    throw new HeadendError('DASH_NOT_AN_MPD', `expected the root element MPD, got ${root.name}`)
  }
  const type = attributeOf(root, 'type') === 'dynamic' ? 'dynamic' : 'static'
  const duration = (name: string) => timeOf(root, name, readDuration)
  const durationSeconds = duration('mediaPresentationDuration')
  return {
    document,
    type,
    ...optional('durationSeconds', durationSeconds),
    ...optional('availabilityStartMs', timeOf(root, 'availabilityStartTime', readDateTime)),
    ...optional('publishMs', timeOf(root, 'publishTime', readDateTime)),
    ...optional('minimumUpdateSeconds', duration('minimumUpdatePeriod')),
    ...optional('timeShiftBufferSeconds', duration('timeShiftBufferDepth')),
    ...optional('suggestedDelaySeconds', duration('suggestedPresentationDelay')),
    periods: periods(root, durationSeconds),
  }
}

/** A whole number in an attribute; refused if it is other text. */
export function wholeOf(node: XmlNode | undefined, name: string): number | undefined {
  const text = attributeOf(node, name)
  if (node === undefined || text === undefined) return undefined
  const value = /^-?\d{1,20}$/.test(text.trim()) ? Number(text) : Number.NaN
  if (!Number.isSafeInteger(value)) throw unreadable(node, name, 'a whole number', text)
  return value
}

/** The error for an invalid attribute value. */
function unreadable(
  { name: element, line }: XmlNode,
  name: string,
  expected: string,
  got: string,
): HeadendError {
  const shown = JSON.stringify(got.slice(0, 60))
  return new HeadendError(
    'DASH_ATTRIBUTE',
    `line ${line}: ${element}@${name}: expected ${expected}, got ${shown}`,
  )
}

function timeOf(node: XmlNode, name: string, read: (text: string) => number | undefined): number | undefined {
  const text = attributeOf(node, name)
  if (text === undefined) return undefined
  const value = read(text)
  if (value === undefined) throw unreadable(node, name, 'a time of XML Schema', text)
  return value
}

/** A Period without a start begins where the one before it ends, the first one at 0 (5.3.2.1). */
function periods(root: XmlNode, total: number | undefined): ReadPeriod[] {
  const nodes = childrenOf(root, 'Period')
  const starts: number[] = []
  const lengths: (number | undefined)[] = []
  nodes.forEach((node, i) => {
    const before = starts[i - 1] ?? 0
    starts.push(timeOf(node, 'start', readDuration) ?? before + (lengths[i - 1] ?? 0))
    lengths.push(timeOf(node, 'duration', readDuration))
  })
  return nodes.map((node, i) => {
    const startSeconds = starts[i] ?? 0
    const length =
      lengths[i] ?? untilNext(startSeconds, starts[i + 1], i === nodes.length - 1 ? total : undefined)
    return length === undefined ? { node, startSeconds } : { node, startSeconds, durationSeconds: length }
  })
}

function untilNext(start: number, next: number | undefined, total: number | undefined): number | undefined {
  if (next !== undefined && next > start) return next - start
  return total === undefined ? undefined : Math.max(0, total - start)
}
