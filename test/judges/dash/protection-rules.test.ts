/** The judge of what MPDs say of keys: a sound one passes, and every rule has one that breaks it. */
import { describe, expect, it } from 'vitest'
import { playReady, widevine } from '../media/key-ids.ts'
import { treeOf } from '../xml-tree.ts'
import { mpdProtectionRules, type ProtectionRule, protectionClauses } from './protection-rules.ts'

const kid = '01234567-89ab-cdef-0123-456789abcdef'

function pssh(systemId: string, data: Buffer): string {
  const box = Buffer.alloc(32)
  box.writeUInt32BE(32 + data.length)
  box.write('pssh', 4)
  box.write(systemId.replaceAll('-', ''), 12, 'hex')
  box.writeUInt32BE(data.length, 28)
  return Buffer.concat([box, data]).toString('base64')
}

const widevineBox = (id: string) =>
  pssh(widevine, Buffer.from(`1210${id.replaceAll('-', '')}48e3dc959b06`, 'hex'))
/** As the header specification shows it: the first three groups turned. */
const guid = Buffer.from('67452301ab89efcd0123456789abcdef', 'hex').toString('base64')
const header = Buffer.from(
  `<WRMHEADER><DATA><KID ALGID="AESCTR" VALUE="${guid}"></KID></DATA></WRMHEADER>`,
  'utf16le',
)
const object = Buffer.alloc(10 + header.length)
object.writeUInt32LE(object.length)
object.writeUInt16LE(1, 4)
object.writeUInt16LE(1, 6)
object.writeUInt16LE(header.length, 8)
header.copy(object, 10)

const scheme = `<ContentProtection schemeIdUri="urn:mpeg:dash:mp4protection:2011" value="cenc" cenc:default_KID="${kid}"/>`
const widevineSaid = `<ContentProtection schemeIdUri="urn:uuid:${widevine}"><cenc:pssh>${widevineBox(kid)}</cenc:pssh><dashif:Laurl>https://x/widevine</dashif:Laurl></ContentProtection>`
const playReadySaid = `<ContentProtection schemeIdUri="urn:uuid:${playReady}"><cenc:pssh>${pssh(playReady, object)}</cenc:pssh><mspr:pro>${object.toString('base64')}</mspr:pro></ContentProtection>`
const keys = scheme + widevineSaid + playReadySaid

const mpdOf = (video: string, audio = video, text = '') =>
  `<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" xmlns:cenc="urn:mpeg:cenc:2013" xmlns:mspr="urn:microsoft:playready" xmlns:dashif="https://dashif.org/CPS"><Period>
  <AdaptationSet contentType="video">${video}<Representation/></AdaptationSet>
  <AdaptationSet contentType="audio">${audio}<Representation/></AdaptationSet>
  <AdaptationSet contentType="text">${text}<Representation/></AdaptationSet></Period></MPD>`

const other = kid.replace('0123', 'ffff')
const broken: readonly (readonly [rule: ProtectionRule, of: string, mpd: string])[] = [
  ['key.place', 'a Period', mpdOf(keys).replace('<Period>', `<Period>${scheme}`)],
  ['key.first', 'a system in front', mpdOf(widevineSaid + scheme)],
  ['key.first', 'no KID', mpdOf(keys.replace(`cenc:default_KID="${kid}"`, ''))],
  ['key.first', 'another scheme', mpdOf(keys.replace('value="cenc"', 'value="cens"'))],
  ['key.first', 'twice', mpdOf(scheme + keys)],
  ['key.all', 'sound in the clear', mpdOf(keys, '')],
  ['key.all', 'sound of another scheme', mpdOf(keys, keys.replace('"cenc"', '"cbcs"'))],
  ['key.text', 'text with a key', mpdOf(keys, keys, keys)],
  ['key.system', 'none', mpdOf(scheme)],
  ['key.system', 'capitals', mpdOf(scheme + widevineSaid.replace(widevine, widevine.toUpperCase()))],
  ['key.system', 'the same twice', mpdOf(keys + widevineSaid)],
  ['key.pssh', 'none of Widevine', mpdOf(keys.replace(/<cenc:pssh>[^<]*<\/cenc:pssh>/, ''))],
  ['key.pssh', 'of another key', mpdOf(keys.replace(widevineBox(kid), widevineBox(other)))],
  ['key.pssh', 'of another system', mpdOf(keys.replace(widevineBox(kid), pssh(playReady, object)))],
  ['key.pssh', 'that is no base64', mpdOf(keys.replace(widevineBox(kid), `${widevineBox(kid)}=`))],
  ['key.pro', 'none', mpdOf(keys.replace(/<mspr:pro>[^<]*<\/mspr:pro>/, ''))],
  ['key.pro', 'another', mpdOf(keys.replace(`<mspr:pro>${object.toString('base64')}`, '<mspr:pro>AAAA'))],
  ['key.laurl', 'no URL', mpdOf(keys.replace('https://x/widevine', '/widevine'))],
  ['key.same', 'in one set without PlayReady', mpdOf(keys, scheme + widevineSaid)],
]

const judged = (text: string) => {
  const tree = treeOf(text)
  if (!tree) throw new Error(`not well-formed: ${text}`)
  return mpdProtectionRules(tree)
}

describe('the judge of keys in MPDs', () => {
  it('finds nothing in a sound one, nor in one without keys', () => {
    expect(judged(mpdOf(keys))).toEqual([])
    expect(judged(mpdOf(''))).toEqual([])
    const inBand = keys.replace(/<(cenc:pssh|mspr:pro)>[^<]*<\/\1>/g, '')
    expect(judged(mpdOf(inBand))).toEqual([])
  })

  it.each(broken)('finds %s: %s', (rule, _of, mpd) => {
    expect(judged(mpd).map((one) => one.rule)).toContain(rule)
  })

  it('has a broken MPD for every rule', () => {
    const shown = new Set<string>(broken.map(([rule]) => rule))
    expect(Object.keys(protectionClauses).filter((rule) => !shown.has(rule))).toEqual([])
  })
})
