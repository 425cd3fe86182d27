/** What DASH-IF's profiles ask beyond the standard (IOP 3.2, 3.10). */

import { childOf, childrenOf, type Tree } from '../xml-tree.ts'
import { type BrokenMpd, broken, profilesOf } from './structure-rules.ts'

/** DASH-IF IOP, for MPDs that name one of its profiles. */
export function profileRules(mpd: Tree): BrokenMpd[] {
  const profiles = profilesOf(mpd)
  if (!profiles.some((profile) => /dashif(\.org\/guidelines\/|:)dash/.test(profile))) return []
  const list: BrokenMpd[] = []
  if (mpd.attributes['type'] === 'dynamic' && !profiles.includes('urn:mpeg:dash:profile:isoff-live:2011')) {
    list.push(broken('dashif.profiles', mpd, 'a dynamic MPD without the live profile'))
  }
  for (const period of childrenOf(mpd, 'Period')) {
    for (const set of childrenOf(period, 'AdaptationSet')) list.push(...setRules(profiles, set))
  }
  return list
}

function setRules(profiles: readonly string[], set: Tree): BrokenMpd[] {
  const list: BrokenMpd[] = []
  const { attributes } = set
  const want = (rule: string, names: readonly string[], element: Tree) => {
    if (!names.some((name) => set.attributes[name] !== undefined || element.attributes[name] !== undefined)) {
      list.push(broken(rule, element, `no @${names.join(' or @')}`))
    }
  }
  if (
    profiles.includes('urn:mpeg:dash:profile:isoff-live:2011') &&
    attributes['segmentAlignment'] !== 'true'
  ) {
    list.push(broken('dashif.alignment', set, '@segmentAlignment is not true'))
  }
  const representations = childrenOf(set, 'Representation')
  for (const representation of representations) {
    if ((attributes['codecs'] ?? representation.attributes['codecs'] ?? '').includes(',')) {
      list.push(broken('dashif.codecs', representation, 'several codecs in one Representation'))
    }
  }
  if (attributes['contentType'] === 'video') {
    want('dashif.video', ['par'], set)
    for (const name of ['Width', 'Height', 'FrameRate']) {
      want('dashif.video', [`max${name}`, `${name[0]?.toLowerCase()}${name.slice(1)}`], set)
    }
    for (const representation of representations) {
      for (const name of ['width', 'height', 'frameRate', 'sar']) want('dashif.video', [name], representation)
      const scan = attributes['scanType'] ?? representation.attributes['scanType'] ?? 'progressive'
      if (scan !== 'progressive') list.push(broken('dashif.video', representation, `@scanType ${scan}`))
    }
  }
  if (attributes['contentType'] === 'audio') {
    want('dashif.audio', ['lang'], set)
    for (const representation of representations) {
      want('dashif.audio', ['audioSamplingRate'], representation)
      if (![set, representation].some((element) => childOf(element, 'AudioChannelConfiguration'))) {
        list.push(broken('dashif.audio', representation, 'no AudioChannelConfiguration'))
      }
    }
  }
  return list
}
