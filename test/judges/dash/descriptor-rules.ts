/** Rules of descriptors: Role, ContentProtection, FramePacking, UTCTiming … (ISO/IEC 23009-1 5.8). */

import { childrenOf, type Tree, walk } from '../xml-tree.ts'
import { type BrokenMpd, broken } from './structure-rules.ts'

/** Rules of every descriptor of an MPD. */
export function descriptorRules(mpd: Tree): BrokenMpd[] {
  const list: BrokenMpd[] = []
  for (const element of walk(mpd)) {
    const why = RULES[element.name]?.(element.attributes, element)
    if (why !== undefined) list.push(broken(`${element.name}.value`, element, why))
    if (element.name === 'AdaptationSet') list.push(...protections(element))
  }
  return list
}

type Rule = (attributes: Readonly<Record<string, string>>, element: Tree) => string | undefined

const ROLES = new Set(
  (
    'caption subtitle main alternate supplementary commentary dub description sign metadata ' +
    'enhanced-audio-intelligibility emergency karaoke forced-subtitle forced_subtitle easyreader'
  ).split(' '),
)

const TIMING = new Set(
  ['ntp', 'sntp', 'http-head', 'http-xsdate', 'http-iso', 'http-ntp', 'direct'].flatMap((kind) =>
    ['2012', '2014'].map((year) => `urn:mpeg:dash:utc:${kind}:${year}`),
  ),
)

const FRAME_PACKING = new Set([
  'urn:mpeg:dash:14496:10:frame_packing_arrangement_type:2011',
  'urn:mpeg:dash:13818:1:stereo_video_format_type:2011',
  'urn:mpeg:mpegB:cicp:VideoFramePackingType',
])

const property: Rule = ({ schemeIdUri, value = '' }, { parent }) => {
  if (schemeIdUri === 'http://dashif.org/guidelines/thumbnail_tile') {
    if (!/^\d+x\d+$/.test(value)) return `thumbnail_tile "${value}" is no WxH`
    const needs = ['bandwidth', 'width', 'height'].filter((name) => parent?.attributes[name] === undefined)
    return parent?.name === 'Representation' && needs.length > 0
      ? `thumbnail_tile without @${needs.join(', @')}`
      : undefined
  }
  if (schemeIdUri === 'urn:mpeg:dash:srd:2014') {
    if (parent?.name !== 'AdaptationSet' && parent?.name !== 'SubRepresentation')
      return 'SRD in another place'
    return /^\d+(,\d+){4}((,\d+){2}(,\d+)?)?$/.test(value) ? undefined : `SRD "${value}"`
  }
  if (schemeIdUri === 'urn:mpeg:dash:fallback:2016') {
    if (parent?.name !== 'MPD') return 'fallback outside the MPD element'
    return value.trim() === '' ? 'fallback without a URL' : undefined
  }
  if (schemeIdUri === 'http://dashif.org/guidelines/trickmode') return trickMode(value, parent)
  return schemeIdUri === 'urn:mpeg:dash:chaining:2016' && value === '' ? 'chaining without a URL' : undefined
}

/** Key frames are those of other AdaptationSets of the Period, which it names (DASH-IF IOP 4.3 3.2.9). */
function trickMode(value: string, set: Tree | undefined): string | undefined {
  const played = childrenOf(set?.parent, 'AdaptationSet').filter((one) => !isTrick(one))
  const ids = new Set(played.map(({ attributes }) => attributes['id']))
  const unknown = value.split(/\s+/).filter((id) => !ids.has(id))
  return unknown.length > 0
    ? `trick mode of AdaptationSet "${unknown.join()}", which is not there`
    : undefined
}

const isTrick = (set: Tree): boolean =>
  [...childrenOf(set, 'EssentialProperty'), ...childrenOf(set, 'SupplementalProperty')].some(
    ({ attributes }) => attributes['schemeIdUri'] === 'http://dashif.org/guidelines/trickmode',
  )

const RULES: Readonly<Record<string, Rule>> = {
  Role: ({ schemeIdUri, value = '' }) => {
    if (schemeIdUri === 'urn:mpeg:dash:role:2011' && !ROLES.has(value)) return `role "${value}"`
    return schemeIdUri === 'urn:mpeg:dash:stereoid:2011' && !/^[lr]/.test(value)
      ? `stereoid "${value}"`
      : undefined
  },
  FramePacking: ({ schemeIdUri = '', value = '' }) => {
    if (!FRAME_PACKING.has(schemeIdUri)) return `scheme ${schemeIdUri}`
    return /^[0-6]$/.test(value) ? undefined : `value "${value}"`
  },
  UTCTiming: ({ schemeIdUri = '' }) => (TIMING.has(schemeIdUri) ? undefined : `scheme ${schemeIdUri}`),
  AudioChannelConfiguration: ({ schemeIdUri, value = '' }) => {
    if (schemeIdUri === 'urn:mpeg:dash:outputChannelPositionList:2012') {
      return /^\d+( \d+)+$/.test(value) ? undefined : `positions "${value}"`
    }
    const isNumber =
      schemeIdUri?.endsWith('audio_channel_configuration:2011') && schemeIdUri.includes('23003:3')
    return isNumber && !/^\d+$/.test(value) ? `value "${value}"` : undefined
  },
  ContentProtection: ({ schemeIdUri, value = '' }) => {
    if (schemeIdUri === 'urn:mpeg:dash:mp4protection:2011' && !/^(cenc|cens|cbc1|cbcs)$/.test(value)) {
      return `mp4protection "${value}"`
    }
    return schemeIdUri === 'urn:mpeg:dash:13818:1:CA_descriptor:2011' && !/^[0-9a-f]{4}$/.test(value)
      ? `CA_descriptor "${value}"`
      : undefined
  },
  EssentialProperty: property,
  SupplementalProperty: property,
}

/** A set of protected media says the scheme and its key once for all (DASH-IF IOP 7.5.2). */
function protections(set: Tree): BrokenMpd[] {
  const own = childrenOf(set, 'ContentProtection')
  const list: BrokenMpd[] = []
  for (const representation of childrenOf(set, 'Representation')) {
    if (childrenOf(representation, 'ContentProtection').length > 0 && own.length === 0) {
      list.push(broken('ContentProtection.set', representation, 'ContentProtection below the AdaptationSet'))
    }
  }
  if (own.length === 0) return list
  const scheme = own.find(
    ({ attributes }) => attributes['schemeIdUri'] === 'urn:mpeg:dash:mp4protection:2011',
  )
  if (!scheme) list.push(broken('ContentProtection.scheme', set, 'no mp4protection descriptor'))
  else if (!UUID.test(scheme.attributes['default_KID'] ?? '')) {
    list.push(
      broken('ContentProtection.kid', scheme, `cenc:default_KID "${scheme.attributes['default_KID']}"`),
    )
  }
  return list
}

const UUID = /^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$/
