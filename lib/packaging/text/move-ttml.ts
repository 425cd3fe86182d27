/**
 * Moves the times of a TTML document. They count from the start of the track's media (ISO/IEC 14496-30 5, ISO/IEC
 * 23000-19 11.3), so they move with it. Times within a timed element count from its beginning (TTML 12.4): only the
 * outermost ones change.
 */
import { HeadendError } from '../../errors.ts'
import { attributeOf, childrenOf, isNode, readXml, writeXml, type XmlNode } from '../../formats/xml/index.ts'

/** A document, and when the texts in it that have times are shown. */
export interface MovedTtml {
  readonly text: string
  /** Of the earliest and the latest one; undefined if none has a time. */
  readonly shown?: { readonly fromMs: number; readonly toMs: number }
}

/** Moves it; throws TEXT_TTML if it has times that are not of its media, or can not be read. */
export function moveTtml(text: string, byMs: number): MovedTtml {
  const { head, root, tail } = readXml(text)
  const clock = clockOf(root)
  const spans: { fromMs: number; toMs: number }[] = []
  const move = (node: XmlNode): XmlNode => {
    const isTimed = ['begin', 'end', 'dur'].some((name) => ownOf(node, name) !== undefined)
    const isSequence = attributeOf(node, 'timeContainer') === 'seq'
    if (!isTimed && !isSequence)
      return { ...node, children: node.children.map((child) => (isNode(child) ? move(child) : child)) }
    const times = { begin: timeOf(node, 'begin', clock) ?? 0, end: timeOf(node, 'end', clock) }
    const dur = timeOf(node, 'dur', clock) ?? Number.POSITIVE_INFINITY
    const toMs = Math.min(times.end ?? Number.POSITIVE_INFINITY, times.begin + dur)
    spans.push({ fromMs: times.begin + byMs, toMs: toMs + byMs })
    if (byMs === 0) return node
    const end = times.end === undefined ? undefined : clockTime(times.end + byMs)
    return {
      ...node,
      open: withAttributes(node.open, { begin: clockTime(times.begin + byMs), ...(end && { end }) }),
    }
  }
  const within = (node: XmlNode, names: readonly string[]): XmlNode => {
    const [name, ...rest] = names
    if (name === undefined) return move(node)
    const parents = new Set(childrenOf(node, name))
    return {
      ...node,
      children: node.children.map((child) =>
        isNode(child) && parents.has(child) ? within(child, rest) : child,
      ),
    }
  }
  // Regions may have times, too; animations of the head count from what refers to them.
  const moved = within(within(root, ['body']), ['head', 'layout'])
  const shown = {
    fromMs: Math.min(...spans.map(({ fromMs }) => fromMs)),
    toMs: Math.max(...spans.map(({ toMs }) => toMs)),
  }
  // Whatever it was, it is written as UTF-8.
  const declared = head.replace(/(\sencoding\s*=\s*)(?:"[^"]*"|'[^']*')/, '$1"UTF-8"')
  return {
    text: byMs === 0 ? text : writeXml({ head: declared, root: moved, tail }),
    ...(spans.length > 0 && { shown }),
  }
}

/** What times are counted in. */
interface TtmlClock {
  readonly framesPerSecond: number
  readonly subFrames: number
  readonly ticksPerSecond: number
}

function clockOf(root: XmlNode): TtmlClock {
  const base = attributeOf(root, 'timeBase') ?? 'media'
  if (base !== 'media')
    throw new HeadendError('TEXT_TTML', `expected times of the media, got ttp:timeBase ${base.slice(0, 20)}`)
  const rate = attributeOf(root, 'frameRate')
  const [by = 1, per = 1] = (attributeOf(root, 'frameRateMultiplier') ?? '1 1')
    .trim()
    .split(/[\s:]+/)
    .map(Number)
  const framesPerSecond = (Number(rate ?? 30) * by) / per
  const subFrames = Number(attributeOf(root, 'subFrameRate') ?? 1)
  // TTML 7.2.10: without a tick rate, one follows from the frame rate, and is 1 without that.
  const ticks = attributeOf(root, 'tickRate')
  const ticksPerSecond =
    ticks !== undefined ? Number(ticks) : rate === undefined ? 1 : framesPerSecond * subFrames
  for (const value of [framesPerSecond, subFrames, ticksPerSecond])
    if (!(value > 0 && Number.isFinite(value)))
      throw new HeadendError('TEXT_TTML', `expected rates of frames and ticks above 0, got ${value}`)
  return { framesPerSecond, subFrames, ticksPerSecond }
}

const ownOf = ({ attributes }: XmlNode, name: string): string | undefined =>
  attributes.find((one) => one.name === name)?.value

const clockForm = /^(\d{2,6}):([0-5]\d):([0-5]\d|60)(?:(\.\d{1,12})|:(\d{2,4})(?:\.(\d{1,4}))?)?$/
const offsetForm = /^(\d{1,18}(?:\.\d{1,12})?)(h|m|s|ms|f|t)$/

/** Milliseconds of a time expression (TTML 12.3.1). */
function timeOf(node: XmlNode, name: string, clock: TtmlClock): number | undefined {
  const value = ownOf(node, name)?.trim()
  if (value === undefined) return undefined
  const [, hours, minutes, seconds, fraction, frames, sub] = clockForm.exec(value) ?? []
  if (hours !== undefined) {
    const whole = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
    const counted = Number(frames ?? 0) + Number(sub ?? 0) / clock.subFrames
    return (whole + Number(`0${fraction ?? '.0'}`) + counted / clock.framesPerSecond) * 1000
  }
  const [, count, unit = ''] = offsetForm.exec(value) ?? []
  const unitMs = {
    h: 3_600_000,
    m: 60_000,
    s: 1000,
    ms: 1,
    f: 1000 / clock.framesPerSecond,
    t: 1000 / clock.ticksPerSecond,
  }[unit]
  if (count === undefined || unitMs === undefined)
    throw new HeadendError(
      'TEXT_TTML',
      `line ${node.line}: ${name}: expected a time, got ${value.slice(0, 40)}`,
    )
  return Number(count) * unitMs
}

const two = (value: number): string => String(Math.floor(value)).padStart(2, '0')

/** As all players read it, with as many hours as it takes. */
function clockTime(ms: number): string {
  const whole = Math.round(ms)
  if (whole < 0) return '00:00:00.000'
  const seconds = two((whole / 1000) % 60)
  return `${two(whole / 3_600_000)}:${two((whole / 60_000) % 60)}:${seconds}.${String(whole % 1000).padStart(3, '0')}`
}

const attributeForm = /([^\s=<>/"']+)(\s*=\s*)("[^"]*"|'[^']*')/g

/** A start tag with these attributes in the place of its own, or behind its name. */
function withAttributes(open: string, wanted: { readonly begin: string; readonly end?: string }): string {
  const missing = new Map<string, string>(Object.entries(wanted))
  const changed = open.replaceAll(attributeForm, (all, name: string) => {
    const value = missing.get(name)
    missing.delete(name)
    return value === undefined ? all : `${name}="${value}"`
  })
  const added = [...missing].map(([name, value]) => ` ${name}="${value}"`).join('')
  return changed.replace(/^<[^\s/>]+/, (start) => start + added)
}
