/** What an MPD says of keys, judged by DASH-IF IOP part 6 and ISO/IEC 23009-1 5.8.4.1. */
import { bytesOf, playReady, psshOf, widevine } from '../media/key-ids.ts'
import { childrenOf, type Tree, walk } from '../xml-tree.ts'
import { type BrokenMpd, brokenOf, type Want } from './structure-rules.ts'

/** Each rule by a name of its own. */
export const protectionClauses = {
  'key.place': 'IOP 6 5.3: ContentProtection stands on AdaptationSets',
  'key.first': 'IOP 6 5.4.1: mp4protection with a scheme of CENC and its default_KID, once and first',
  'key.all': 'IOP 6 5.3: all pictures and sound of a Period are protected, or none, by one scheme',
  'key.text': 'CENC 10: text is not encrypted',
  'key.system': 'IOP 6 5.4.2: further descriptors are urn:uuid of a DRM system, in lower case, once each',
  'key.pssh':
    'CENC 11.2.3: cenc:pssh is one box of that system with the default_KID, or no set has any: keys in band',
  'key.pro': 'PlayReady in DASH 3: mspr:pro is the data of the box',
  'key.laurl': 'IOP 6 5.4.3: dashif:Laurl is a URL of HTTP',
  'key.same': 'IOP 6 5.3: one key is said in one way, in whatever Period and set it stands',
} as const

/** Name of a rule. */
export type ProtectionRule = keyof typeof protectionClauses

const namespaces: Readonly<Record<string, string>> = {
  pssh: 'urn:mpeg:cenc:2013',
  pro: 'urn:microsoft:playready',
  Laurl: 'https://dashif.org/CPS',
}
const mp4 = 'urn:mpeg:dash:mp4protection:2011'

/** Rules a protected MPD breaks. */
export function mpdProtectionRules(mpd: Tree): (BrokenMpd & { readonly rule: ProtectionRule })[] {
  const { list, want } = brokenOf<ProtectionRule>()
  const said = new Map<string, string>()
  const inBand = ![...walk(mpd)].some(
    ({ name, namespace }) => name === 'pssh' && namespace === namespaces['pssh'],
  )
  for (const element of walk(mpd))
    if (element.name === 'ContentProtection')
      want(element.parent?.name === 'AdaptationSet', 'key.place', element, `in ${element.parent?.name}`)
  for (const period of childrenOf(mpd, 'Period')) {
    const sets = childrenOf(period, 'AdaptationSet')
    const schemes = sets.flatMap((set) => {
      const all = childrenOf(set, 'ContentProtection')
      const isMedia = ['video', 'audio'].includes(set.attributes['contentType'] ?? '')
      want(isMedia || all.length === 0, 'key.text', set, `${set.attributes['contentType']} with a key`)
      setRules(set, all, { inBand, want })
      for (const same of all.slice(0, 1)) {
        const kid = same.attributes['default_KID'] ?? ''
        const words = all.map(spelled).join('\n')
        want((said.get(kid) ?? words) === words, 'key.same', set, `${kid} is said in two ways`)
        said.set(kid, words)
      }
      return isMedia ? [all[0]?.attributes['value'] ?? 'clear'] : []
    })
    want(new Set(schemes).size < 2, 'key.all', period, `sets of ${schemes.join(' and ')}`)
  }
  return list
}

/** Whether keys are said in the media alone, and who wants to know what is wrong. */
interface Judging {
  readonly inBand: boolean
  readonly want: Want<ProtectionRule>
}

function setRules(set: Tree, [first, ...systems]: readonly Tree[], judging: Judging): void {
  const { want } = judging
  if (!first) return
  const { schemeIdUri, value = '', default_KID: kid = '' } = first.attributes
  want(
    schemeIdUri === mp4 &&
      /^(cenc|cbcs)$/.test(value) &&
      /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(kid),
    'key.first',
    first,
    `${schemeIdUri} "${value}" ${kid}`,
  )
  const ids = systems.map(({ attributes }) => attributes['schemeIdUri'] ?? '')
  want(!ids.includes(mp4), 'key.first', set, 'mp4protection twice')
  want(systems.length > 0, 'key.system', set, 'no DRM system')
  for (const [i, system] of systems.entries()) {
    const id = ids[i] ?? ''
    const isUrn = /^urn:uuid:[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(id)
    want(id === mp4 || (isUrn && ids.indexOf(id) === i), 'key.system', system, id)
    systemRules(system, { id: id.slice('urn:uuid:'.length), kid: kid.replaceAll('-', '') }, judging)
  }
}

function systemRules(
  system: Tree,
  { id, kid }: { readonly id: string; readonly kid: string },
  { inBand, want }: Judging,
): void {
  const texts = (name: string): string[] =>
    childrenOf(system, name)
      .filter(({ namespace }) => namespace === namespaces[name])
      .map(({ text }) => text)
  const [boxes, objects, urls] = [texts('pssh'), texts('pro'), texts('Laurl')]
  const [box] = boxes.map(psshOf)
  const isBoxed = !inBand && (id === widevine || id === playReady)
  want(
    boxes.length === (isBoxed ? 1 : boxes.length) && boxes.length < 2,
    'key.pssh',
    system,
    `${boxes.length} pssh of ${id}`,
  )
  if (boxes.length > 0)
    want(
      box?.systemId === id && box.kids.join() === kid,
      'key.pssh',
      system,
      `pssh of ${box?.systemId} with ${box?.kids.join()}, expected ${id} with ${kid}`,
    )
  want(
    objects.length === (isBoxed && id === playReady ? 1 : 0),
    'key.pro',
    system,
    `${objects.length} mspr:pro of ${id}`,
  )
  for (const text of objects)
    want(
      box !== undefined && bytesOf(text)?.equals(box.data) === true,
      'key.pro',
      system,
      'another object than the box holds',
    )
  want(urls.length < 2, 'key.laurl', system, `${urls.length} dashif:Laurl`)
  for (const text of urls) want(/^https?:\/\/[^\s]+$/.test(text), 'key.laurl', system, text)
}

const spelled = ({ attributes, children }: Tree): string =>
  JSON.stringify([attributes, children.map(({ name, text }) => [name, text])])
