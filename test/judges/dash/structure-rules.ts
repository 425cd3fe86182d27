/** Rules of MPD, Period, AdaptationSet and Representation in ISO/IEC 23009-1 5.3. */

import { childrenOf, type Tree, walk } from '../xml-tree.ts'
import { ADDRESSING, addressingOf, seconds } from './time.ts'

/** What was broken, by a name of its own, and where. */
export interface BrokenMpd {
  readonly rule: string
  readonly line: number
  readonly why: string
}

/** Rules of the elements above the segments. */
export function structureRules(mpd: Tree): BrokenMpd[] {
  return [
    ...presentation(mpd),
    ...childrenOf(mpd, 'Period').flatMap((period) => periodRules(mpd, period)),
    ...unique(childrenOf(mpd, 'Period'), 'Period.id-unique'),
    ...lonely(mpd),
  ]
}

/** One broken rule. */
export function broken(rule: string, { line }: Tree, why: string): BrokenMpd {
  return { rule, line, why }
}

/** Notes what does not hold, and by which rule of some. */
export type Want<Rule extends string> = (holds: boolean, rule: Rule, element: Tree, why: string) => void

/** A list of broken rules, and what adds to it. */
export function brokenOf<Rule extends string>(): {
  readonly list: (BrokenMpd & { readonly rule: Rule })[]
  readonly want: Want<Rule>
} {
  const list: (BrokenMpd & { readonly rule: Rule })[] = []
  return {
    list,
    want(holds, rule, element, why) {
      if (!holds) list.push({ ...broken(rule, element, why), rule })
    },
  }
}

/** Profiles named by an MPD. */
export function profilesOf(mpd: Tree): string[] {
  return (mpd.attributes['profiles'] ?? '').split(',').map((profile) => profile.trim())
}

function presentation(mpd: Tree): BrokenMpd[] {
  const list: BrokenMpd[] = []
  const { attributes } = mpd
  const isDynamic = attributes['type'] === 'dynamic'
  for (const name of ['availabilityStartTime', 'publishTime']) {
    if (isDynamic && !has(mpd, name)) list.push(broken(`MPD.${name}`, mpd, `dynamic without @${name}`))
  }
  const last = childrenOf(mpd, 'Period').at(-1)
  if (
    !has(mpd, 'minimumUpdatePeriod') &&
    !has(mpd, 'mediaPresentationDuration') &&
    !last?.attributes['duration']
  ) {
    list.push(
      broken(
        'MPD.duration',
        mpd,
        'no @mediaPresentationDuration, @minimumUpdatePeriod or last Period@duration',
      ),
    )
  }
  if (!isDynamic) {
    for (const name of ['minimumUpdatePeriod', 'timeShiftBufferDepth', 'suggestedPresentationDelay']) {
      if (has(mpd, name)) list.push(broken('MPD.static', mpd, `static with @${name}`))
    }
  }
  if (isDynamic && profilesOf(mpd).includes('urn:mpeg:dash:profile:isoff-on-demand:2011')) {
    list.push(broken('MPD.on-demand-static', mpd, 'the on-demand profile is static'))
  }
  for (const profile of profilesOf(mpd)) {
    if (profile.startsWith('urn:mpeg:dash:profile:') && !PROFILES.test(profile)) {
      list.push(broken('MPD.profiles', mpd, `unknown profile ${profile}`))
    }
  }
  for (const [name, value] of Object.entries(attributes)) {
    if (DURATIONS.has(name) && Number.isNaN(seconds(value)))
      list.push(broken('MPD.time', mpd, `@${name}="${value}"`))
  }
  return list
}

const PROFILES =
  /^urn:mpeg:dash:profile:((full|isoff-(on-demand|live|main)|mp2t-(main|simple)):2011|isoff-ext-(on-demand|live):2014|(isoff-common|isoff-ext-common|isoff-broadcast):\d{4}|(cmaf|cmaf-extended):2019|(advanced-linear|sps):20\d\d)$/

const DURATIONS = new Set([
  'mediaPresentationDuration',
  'minimumUpdatePeriod',
  'minBufferTime',
  'timeShiftBufferDepth',
  'suggestedPresentationDelay',
  'maxSegmentDuration',
])

function periodRules(mpd: Tree, period: Tree): BrokenMpd[] {
  const list: BrokenMpd[] = []
  const sets = childrenOf(period, 'AdaptationSet')
  const representations = sets.flatMap((set) => childrenOf(set, 'Representation'))
  if (mpd.attributes['type'] === 'dynamic' && period.attributes['id'] === undefined) {
    list.push(broken('Period.dynamic-id', period, 'a Period of a dynamic MPD without @id'))
  }
  if (seconds(period.attributes['duration']) === 0 && sets.length > 1) {
    list.push(broken('Period.empty', period, '@duration 0 with several AdaptationSets'))
  }
  const isSomewhere = [period, ...sets, ...representations].some(({ children }) =>
    children.some(({ name }) => name === 'BaseURL' || name === 'SegmentTemplate' || name === 'SegmentList'),
  )
  if (!isSomewhere && period.attributes['href'] === undefined) {
    list.push(broken('Period.addressing', period, 'no BaseURL, SegmentTemplate or SegmentList in it'))
  }
  for (const element of [period, ...sets, ...representations]) {
    if (element.children.filter(({ name }) => ADDRESSING.has(name)).length > 1) {
      list.push(broken('addressing.one', element, `${element.name} with two kinds of addressing`))
    }
  }
  if (
    period.attributes['bitstreamSwitching'] === 'true' &&
    sets.some(({ attributes }) => attributes['bitstreamSwitching'] === 'false')
  ) {
    list.push(broken('Period.bitstreamSwitching', period, 'true here, false in an AdaptationSet'))
  }
  list.push(...mainRole(mpd, period, sets), ...unique(sets, 'AdaptationSet.id-unique'))
  list.push(...unique(representations, 'Representation.id-unique'))
  return [...list, ...sets.flatMap((set) => setRules(mpd, set))]
}

/** The extended live profile and DASH-IF's want to be told the main picture. */
function mainRole(mpd: Tree, period: Tree, sets: readonly Tree[]): BrokenMpd[] {
  const isAsked = profilesOf(mpd).some(
    (profile) => profile.includes('isoff-ext-live') || profile.includes('dashif'),
  )
  const pictures = sets.filter(({ attributes }) => attributes['contentType'] === 'video')
  const hasMain = sets.some((set) =>
    childrenOf(set, 'Role').some(({ attributes }) => attributes['value'] === 'main'),
  )
  return isAsked && pictures.length > 1 && !hasMain
    ? [broken('Period.main-role', period, 'several video AdaptationSets, none of them main')]
    : []
}

function setRules(mpd: Tree, set: Tree): BrokenMpd[] {
  const list: BrokenMpd[] = []
  const representations = childrenOf(set, 'Representation')
  if (representations.length === 0)
    list.push(broken('AdaptationSet.representation', set, 'no Representation'))
  list.push(...unique(childrenOf(set, 'ContentComponent'), 'ContentComponent.id-unique'))
  for (const { attributes, line } of childrenOf(set, 'ContentComponent')) {
    for (const name of ['lang', 'contentType', 'par']) {
      if (attributes[name] !== undefined && set.attributes[name] !== undefined) {
        list.push({ rule: 'ContentComponent.repeats', line, why: `@${name} here and in the AdaptationSet` })
      }
    }
  }
  for (const representation of representations) {
    list.push(...representationRules(mpd, set, representation))
  }
  for (const name of ['Width', 'Height', 'Bandwidth', 'FrameRate']) {
    const [low, high] = [rate(set.attributes[`min${name}`]), rate(set.attributes[`max${name}`])]
    if (low !== undefined && high !== undefined && low > high) {
      list.push(broken('AdaptationSet.min-max', set, `@min${name} is above @max${name}`))
    }
    for (const representation of representations) {
      const own = `${name[0]?.toLowerCase()}${name.slice(1)}`
      const value = rate(representation.attributes[own])
      if (
        value !== undefined &&
        ((low !== undefined && value < low) || (high !== undefined && value > high))
      ) {
        list.push(
          broken(
            'AdaptationSet.range',
            representation,
            `@${own} ${value} is outside the AdaptationSet's range`,
          ),
        )
      }
    }
  }
  return list
}

const COMMON = [
  'profiles',
  'width',
  'height',
  'sar',
  'frameRate',
  'audioSamplingRate',
  'mimeType',
  'segmentProfiles',
  'codecs',
  'maximumSAPPeriod',
  'startWithSAP',
  'maxPlayoutRate',
  'codingDependency',
  'scanType',
]

const has = (tree: Tree, name: string) => tree.attributes[name] !== undefined

function representationRules(mpd: Tree, set: Tree, representation: Tree): BrokenMpd[] {
  const list: BrokenMpd[] = []
  if (!has(set, 'mimeType') && !has(representation, 'mimeType')) {
    list.push(broken('Representation.mimeType', representation, 'no @mimeType here or in the AdaptationSet'))
  }
  for (const name of COMMON) {
    if (has(set, name) && has(representation, name)) {
      list.push(broken('AdaptationSet.common', representation, `@${name} here and in the AdaptationSet`))
    }
  }
  const isLive = profilesOf(mpd).includes('urn:mpeg:dash:profile:isoff-live:2011')
  if (isLive && addressingOf(representation)?.name !== 'SegmentTemplate') {
    list.push(
      broken('Representation.live-template', representation, 'the live profile wants a SegmentTemplate'),
    )
  }
  for (const sub of childrenOf(representation, 'SubRepresentation')) {
    if (has(sub, 'level') && !has(sub, 'bandwidth')) {
      list.push(broken('SubRepresentation.bandwidth', sub, '@level without @bandwidth'))
    }
  }
  return list
}

function unique(elements: readonly Tree[], rule: string): BrokenMpd[] {
  const seen = new Set<string>()
  return elements.flatMap((element) => {
    const { id } = element.attributes
    if (id === undefined) return []
    const isTwice = seen.has(id)
    seen.add(id)
    return isTwice ? [broken(rule, element, `@id ${id} twice`)] : []
  })
}

function rate(value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const [above, below = '1'] = value.split('/')
  return Number(above) / Number(below)
}

/** Elements whose rule needs nothing around them. */
function lonely(mpd: Tree): BrokenMpd[] {
  const list: BrokenMpd[] = []
  const titles = childrenOf(mpd, 'ProgramInformation')
  if (titles.length > 1 && titles.some(({ attributes }) => attributes['lang'] === undefined)) {
    list.push(broken('ProgramInformation.lang', mpd, 'several of them, one without @lang'))
  }
  for (const element of walk(mpd)) {
    const { name, attributes } = element
    if (attributes['actuate'] !== undefined && attributes['href'] === undefined) {
      list.push(broken('xlink.actuate', element, '@xlink:actuate without @xlink:href'))
    }
    if (
      (name === 'EventStream' || name === 'UTCTiming') &&
      !attributes['schemeIdUri'] &&
      !attributes['href']
    ) {
      list.push(broken(`${name}.schemeIdUri`, element, 'no @schemeIdUri'))
    }
  }
  return list
}
