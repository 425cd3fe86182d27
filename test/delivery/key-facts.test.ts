/** What manifests may say of keys: per system and scheme, and never the key. */
import { describe, expect, it } from 'vitest'
import { keyPeriodsOf } from '../../lib/delivery/protection/key-facts.ts'
import { readPlayReady, readPssh, readWidevine, SYSTEM } from '../../lib/formats/pssh/index.ts'
import { playReadyBox, widevineBox } from '../../lib/rights/protection/key-boxes.ts'
import type { DrmSystem, StoredKeyFacts } from '../../lib/timeline/stored-protection.ts'

const kid = '0123456789abcdef0123456789abcdef'
const dashed = '01234567-89ab-cdef-0123-456789abcdef'
const key: StoredKeyFacts = {
  label: 'HD',
  kid,
  iv: 'f0'.repeat(16),
  checksum: 'Me48z71nuqY=',
}
const every: readonly DrmSystem[] = ['widevine', 'playready', 'fairplay', 'clearkey']
const licenceUrl = 'https://licences.example/licence'

function facts(scheme: 'cenc' | 'cbcs', systems = every, clearKeyFormat = 'org.w3.clearkey') {
  const stored = {
    format: 'headend-protection/1',
    schemes: ['cenc', 'cbcs'],
    systems,
    sharing: 'perType',
    licenceUrl,
    robustness: { widevine: 'SW_SECURE_CRYPTO' },
    boxes: {
      [scheme]: { widevine: widevineBox(scheme), playready: playReadyBox(scheme, `${licenceUrl}/playready`) },
    },
    periods: [{ index: 3, fromMs: 36_000, keys: [key] }],
  } as const
  const [period] = keyPeriodsOf('vod/film', { stored, scheme, clearKeyFormat }, 90_000)
  const [made] = period?.keys ?? []
  if (!period || !made) throw new Error('expected a period with a key')
  return { stored, period, made, of: (id: string) => made.systems.find(({ systemId }) => systemId === id) }
}

const boxOf = (text = '') => {
  const [box, ...more] = readPssh(new Uint8Array(Buffer.from(text, 'base64')))
  if (!box || more.length > 0) throw new Error('expected one pssh')
  return box
}

describe('facts of a key', () => {
  it('stand under its period, which begins in ticks of the timeline', () => {
    const { period, made } = facts('cbcs')
    expect(period).toMatchObject({ index: 3, from: 36_000 * 90 })
    expect(made).toMatchObject({ label: 'HD', kid, iv: key.iv })
  })

  it.each([
    [1, [0]],
    [59, [0]],
    [60, [0, 30]],
    [89, [0, 30]],
    [90, [0, 30, 60]],
  ])(
    'of %i that change in band are told of every thirty, and the rest with those before',
    (count, wanted) => {
      const { stored } = facts('cenc')
      const periods = Array.from({ length: count }, (_, index) => ({
        index,
        fromMs: index * 20_000,
        keys: [key],
      }))
      const signalling = {
        stored: { ...stored, periods },
        scheme: 'cenc',
        clearKeyFormat: 'identity',
      } as const
      const told = (inBand: boolean) =>
        keyPeriodsOf('vod/film', { ...signalling, inBand }, 1000).map(({ index }) => index)
      expect(told(true)).toEqual(wanted)
      expect(told(false)).toEqual(periods.map(({ index }) => index))
    },
  )

  it('have no IV for cenc, whose samples carry theirs', () => {
    expect(facts('cenc').made).not.toHaveProperty('iv')
  })

  it.each(['cenc', 'cbcs'] as const)('name the kid to Widevine, with %s', (scheme) => {
    const widevine = facts(scheme).of(SYSTEM.widevine)
    const box = boxOf(widevine?.pssh)
    expect(box.systemId).toBe(SYSTEM.widevine)
    expect(readWidevine(box.data).keyIds).toEqual([kid])
    expect(widevine?.hls?.keyFormat).toBe('urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed')
    expect(widevine?.robustness).toBe('SW_SECURE_CRYPTO')
    expect(widevine?.licenceUrl).toBe(`${licenceUrl}/widevine`)
  })

  it('give PlayReady a header with kid, checksum and licence URL', () => {
    const { records } = readPlayReady(boxOf(facts('cenc').of(SYSTEM.playready)?.pssh).data)
    const header = records[0]?.header
    expect(header?.kids).toEqual([{ kid: dashed, algId: 'AESCTR', checksum: key.checksum }])
    expect(header?.laUrl).toBe(`${licenceUrl}/playready`)
  })

  it('name FairPlay a skd URI under cbcs, and leave it out under cenc', () => {
    expect(facts('cbcs').of(SYSTEM.fairplay)).toMatchObject({
      hls: { uri: expect.stringMatching(/^skd:\/\//), keyFormat: 'com.apple.streamingkeydelivery' },
    })
    expect(facts('cenc').of(SYSTEM.fairplay)).toBeUndefined()
  })

  it('give Clear Key no box, and HLS the kid or where the key is had', () => {
    const clearKey = facts('cbcs').of(SYSTEM.clearkey)
    expect(clearKey).not.toHaveProperty('pssh')
    expect(facts('cbcs', every, 'identity').of(SYSTEM.clearkey)?.hls).toEqual({
      uri: `${licenceUrl}/clearkey/${kid}`,
      keyFormat: 'identity',
      keyFormatVersions: '1',
    })
    expect(clearKey?.hls?.uri).toBe(`data:text/plain;base64,${Buffer.from(kid, 'hex').toString('base64')}`)
  })

  it('are of the systems of the policy alone', () => {
    expect(facts('cbcs', ['clearkey']).made.systems).toHaveLength(1)
  })
})
