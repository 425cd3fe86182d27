/**
 * DASH judged by the rules of ISO/IEC 23009-1 and DASH-IF IOP that an MPD's text can break (those of the corpus's
 * mpd-rules.tsv that apply, in own words), read by libxml2: nothing of `lib/formats` is used, so that it can fail us.
 */

import { type Tree, treeOf } from '../xml-tree.ts'
import { descriptorRules } from './descriptor-rules.ts'
import { profileRules } from './profile-rules.ts'
import { segmentRules } from './segment-rules.ts'
import { type BrokenMpd, structureRules } from './structure-rules.ts'
import { updateRules } from './update-rules.ts'

const NAMESPACE = 'urn:mpeg:dash:schema:mpd:2011'

/** Broken rules of an MPD, and of its update where the fetch before it is given. */
export function checkMpd(text: string, { previous }: { readonly previous?: string } = {}): BrokenMpd[] {
  const mpd = treeOf(text)
  const before = previous === undefined ? undefined : treeOf(previous)
  if (!mpd || (previous !== undefined && !before)) return [{ rule: 'xml', line: 1, why: 'not well-formed' }]
  return [
    ...root(mpd),
    ...structureRules(mpd),
    ...segmentRules(mpd),
    ...descriptorRules(mpd),
    ...profileRules(mpd),
    ...(before ? updateRules(before, mpd) : []),
  ]
}

function root({ name, namespace, line }: Tree): BrokenMpd[] {
  return name === 'MPD' && namespace === NAMESPACE
    ? []
    : [{ rule: 'MPD.root', line, why: `{${namespace}}${name}` }]
}
