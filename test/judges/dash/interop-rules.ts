/**
 * What DASH-IF asks of MPDs that every player is to play (IOP 4.3 3.2, IOP 5 part 5), whatever profile they name:
 * more than the standard, and what its conformance tool looks for.
 */

import { childOf, childrenOf, type Tree, walk } from '../xml-tree.ts'
import { type BrokenMpd, brokenOf, profilesOf, type Want } from './structure-rules.ts'
import { addressingOf, seconds } from './time.ts'

/** Each rule by a name of its own, with its clause. */
export const interopClauses = {
  'interop.start': 'conformance tool R1.4: a static MPD begins at 0',
  'interop.periods': 'DASH 5.3.2.1: a Period begins where the one before it ends',
  'interop.profiles': 'DASH 8.1: profiles of an element are among those above it',
  'interop.cmaf': 'DASH 8.12.4: the CMAF profile is named where all is in templates or indexed',
  'interop.set': 'IOP 3.2.4: @contentType, @mimeType of ISO files, one kind of media',
  'interop.aligned':
    'IOP 3.2.2.2, DASH 8.4.3: @segmentAlignment is true where there is more than one Representation',
  'interop.sap': 'IOP 3.2.2.2: @startWithSAP is 1 or 2 where players are to switch',
  'interop.limits':
    'IOP 3.2.4: a video set says @maxWidth, @maxHeight and @maxFrameRate, or what all of it has',
  'interop.par': 'IOP 3.2.4: a video set says @par, and it is that of its pictures',
  'interop.video': 'IOP 3.2.4: @width, @height, @frameRate and @sar of every picture',
  'interop.audio': 'IOP 3.2.4: @audioSamplingRate and AudioChannelConfiguration of every sound',
  'interop.codecs': 'IOP 3.2.13: one codec in @codecs',
  'interop.main': 'IOP 3.2.4: of several sets of one kind one has the role main',
  'interop.trick': 'IOP 3.2.9: a trick-mode set names the set it belongs to, and says how fast it plays',
  'interop.switching': 'DASH 5.3.3.5: sets to switch between are there',
} as const

/** Name of a rule. */
export type InteropRule = keyof typeof interopClauses

/** Rules the MPD breaks. */
export function interopRules(mpd: Tree): (BrokenMpd & { readonly rule: InteropRule })[] {
  const { list, want } = brokenOf<InteropRule>()
  const periods = childrenOf(mpd, 'Period')
  timeRules(mpd, periods, want)
  profileRules(mpd, want)
  for (const period of periods) {
    const sets = childrenOf(period, 'AdaptationSet')
    const ids = new Set(sets.map(({ attributes }) => attributes['id'] ?? ''))
    for (const set of sets) setRules(set, ids, want)
    for (const kind of ['video', 'audio']) {
      const alike = sets.filter((set) => set.attributes['contentType'] === kind && !trickOf(set))
      const isMain = alike.some((set) =>
        childrenOf(set, 'Role').some(({ attributes }) => attributes['value'] === 'main'),
      )
      want(alike.length < 2 || isMain, 'interop.main', period, `${alike.length} sets of ${kind}, none main`)
    }
  }
  return list
}

function timeRules(mpd: Tree, periods: readonly Tree[], want: Want<InteropRule>): void {
  const isStatic = mpd.attributes['type'] !== 'dynamic'
  const [first] = periods
  if (isStatic && first)
    want((seconds(first.attributes['start']) ?? 0) === 0, 'interop.start', first, 'starts later')
  for (const [i, period] of periods.entries()) {
    const before = periods[i - 1]
    const [start, from, length] = [
      period.attributes['start'],
      before?.attributes['start'],
      before?.attributes['duration'],
    ].map(seconds)
    const known = start !== undefined && from !== undefined && length !== undefined
    want(
      !known || Math.abs(from + length - start) < 1e-3,
      'interop.periods',
      period,
      `${start} s after ${from} + ${length} s`,
    )
  }
}

function profileRules(mpd: Tree, want: Want<InteropRule>): void {
  const all = new Set(profilesOf(mpd))
  for (const element of walk(mpd)) {
    const { profiles } = element.attributes
    if (element === mpd || profiles === undefined) continue
    const extra = profiles.split(',').filter((one) => !all.has(one.trim()))
    want(extra.length === 0, 'interop.profiles', element, `${extra.join(' ')} is not among the MPD's`)
  }
  if (!all.has('urn:mpeg:dash:profile:cmaf:2019')) return
  for (const element of walk(mpd))
    if (element.name === 'Representation')
      want(addressingOf(element)?.name !== 'SegmentList', 'interop.cmaf', element, 'a SegmentList')
}

const trickOf = (set: Tree): string | undefined =>
  childrenOf(set, 'EssentialProperty').find(({ attributes }) =>
    attributes['schemeIdUri']?.endsWith('/trickmode'),
  )?.attributes['value']

const mimes = new Set([
  'video/mp4',
  'audio/mp4',
  'application/mp4',
  'application/ttml+xml',
  'text/vtt',
  'image/jpeg',
])

function setRules(set: Tree, ids: ReadonlySet<string>, want: Want<InteropRule>): void {
  const { attributes } = set
  const representations = childrenOf(set, 'Representation')
  const kinds = new Set(
    representations.map((one) => one.attributes['mimeType'] ?? attributes['mimeType'] ?? ''),
  )
  const { contentType = '' } = attributes
  want(
    contentType !== '' && kinds.size === 1 && [...kinds].every((kind) => mimes.has(kind)),
    'interop.set',
    set,
    `contentType "${contentType}" with ${[...kinds].join(' and ')}`,
  )
  const isTimed = representations.some((one) => addressingOf(one) !== undefined)
  const many = representations.length > 1 && isTimed
  want(
    !many || attributes['segmentAlignment'] === 'true',
    'interop.aligned',
    set,
    `${representations.length} Representations`,
  )
  const sap = Number(attributes['startWithSAP'] ?? 0)
  want(!many || sap === 1 || sap === 2, 'interop.sap', set, `startWithSAP ${sap}`)
  for (const one of representations) {
    const said = { ...attributes, ...one.attributes }
    want(!(said['codecs'] ?? '').includes(','), 'interop.codecs', one, said['codecs'] ?? '')
    const misses = (...names: readonly string[]) => names.filter((name) => said[name] === undefined)
    if (contentType === 'video') {
      const missing = misses('width', 'height', 'frameRate', 'sar', 'codecs')
      want(missing.length === 0, 'interop.video', one, `no @${missing.join(', @')}`)
    }
    if (contentType === 'audio') {
      const isSaid = [set, one].some((place) => childOf(place, 'AudioChannelConfiguration'))
      const missing = misses('audioSamplingRate', 'codecs')
      want(
        isSaid && missing.length === 0,
        'interop.audio',
        one,
        isSaid ? `no @${missing.join(', @')}` : 'no channels',
      )
    }
  }
  if (contentType === 'video') videoSetRules(set, representations, want)
  trickRules(set, ids, want)
}

function videoSetRules(set: Tree, representations: readonly Tree[], want: Want<InteropRule>): void {
  const { attributes } = set
  const missing = ['Width', 'Height', 'FrameRate'].filter((name) => {
    const own = `${name[0]?.toLowerCase()}${name.slice(1)}`
    return attributes[`max${name}`] === undefined && attributes[own] === undefined
  })
  want(missing.length === 0, 'interop.limits', set, `no @max${missing.join(', @max')}`)
  const par = ratio(attributes['par'])
  want(par !== undefined, 'interop.par', set, 'no @par')
  for (const { attributes: said } of representations) {
    const shape = (Number(said['width']) * (ratio(said['sar']) ?? 1)) / Number(said['height'])
    // Lines are even and sides are rounded: a ladder's steps differ by some of them.
    want(
      par === undefined || !(Math.abs(shape / par - 1) > 0.03),
      'interop.par',
      set,
      `${attributes['par']} of ${shape}`,
    )
  }
}

function ratio(text: string | undefined): number | undefined {
  const [above, below] = (text ?? '').split(':').map(Number)
  return above && below ? above / below : undefined
}

function trickRules(set: Tree, ids: ReadonlySet<string>, want: Want<InteropRule>): void {
  const of = trickOf(set)
  if (of !== undefined) {
    const own = set.attributes['id'] ?? ''
    const isFast = childrenOf(set, 'Representation').every((one) => {
      const said = { ...set.attributes, ...one.attributes }
      return said['maxPlayoutRate'] !== undefined && said['codingDependency'] === 'false'
    })
    const isThere = of.split(' ').every((id) => ids.has(id) && id !== own)
    want(
      isThere && isFast,
      'interop.trick',
      set,
      `of set ${of}${isFast ? '' : ' without @maxPlayoutRate or @codingDependency'}`,
    )
  }
  for (const { attributes } of childrenOf(set, 'SupplementalProperty'))
    if (attributes['schemeIdUri'] === 'urn:mpeg:dash:adaptation-set-switching:2016') {
      const missing = (attributes['value'] ?? '').split(',').filter((id) => !ids.has(id.trim()))
      want(missing.length === 0, 'interop.switching', set, `no set ${missing.join(', ')}`)
    }
}
