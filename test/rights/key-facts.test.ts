/** What manifests may say of keys: per system and scheme, and never the key. */
import { describe, expect, it } from 'vitest'
import { readPlayReady, readPssh, readWidevine, SYSTEM } from '../../lib/formats/pssh/index.ts'
import { keyLabelOf, keyPeriodsOf, type PublicKey, policyOf } from '../../lib/rights/index.ts'
import type { DrmSystem } from '../../lib/rights/protection/policy.ts'
import { memoryRights } from './memory.ts'

const kid = '0123456789abcdef0123456789abcdef'
const dashed = '01234567-89ab-cdef-0123-456789abcdef'
const key: PublicKey = {
  contentId: 'vod/film',
  period: 3,
  label: 'HD',
  kid,
  iv: 'f0'.repeat(16),
  checksum: 'Me48z71nuqY=',
}
const every: readonly DrmSystem[] = ['widevine', 'playready', 'fairplay', 'clearkey']
const licenceUrl = 'https://licences.example/licence'

function facts(scheme: 'cenc' | 'cbcs', systems = every) {
  const [period] = keyPeriodsOf(
    [{ index: 3, fromMs: 36_000, keys: [key] }],
    { scheme, systems, licenceUrl },
    (ms) => ms * 90,
  )
  const [made] = period?.keys ?? []
  if (!period || !made) throw new Error('expected a period with a key')
  return { period, made, of: (id: string) => made.systems.find(({ systemId }) => systemId === id) }
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

  it('have no IV for cenc, whose samples carry theirs', () => {
    expect(facts('cenc').made).not.toHaveProperty('iv')
  })

  it.each(['cenc', 'cbcs'] as const)('name the kid to Widevine, with %s', (scheme) => {
    const widevine = facts(scheme).of(SYSTEM.widevine)
    const box = boxOf(widevine?.pssh)
    expect(box.systemId).toBe(SYSTEM.widevine)
    expect(readWidevine(box.data).keyIds).toEqual([kid])
    expect(widevine?.hls?.keyFormat).toBe('urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed')
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

  it("give Clear Key W3C's common box and the kid for HLS", () => {
    const clearKey = facts('cbcs').of(SYSTEM.clearkey)
    expect(boxOf(clearKey?.pssh)).toMatchObject({ version: 1, systemId: SYSTEM.common, kids: [dashed] })
    expect(clearKey?.hls?.uri).toBe(`data:text/plain;base64,${Buffer.from(kid, 'hex').toString('base64')}`)
  })

  it('are of the systems of the policy alone', () => {
    expect(facts('cbcs', ['clearkey']).made.systems).toHaveLength(1)
  })
})

describe('the label of a rendition', () => {
  it.each([
    ['shared', { type: 'video', width: 3840, height: 2160 }, 'ALL'],
    ['shared', { type: 'audio' }, 'ALL'],
    ['perType', { type: 'audio' }, 'AUDIO'],
    ['perType', { type: 'video', width: 1024, height: 576 }, 'SD'],
    ['perType', { type: 'video', width: 1026, height: 576 }, 'HD'],
    ['perType', { type: 'video', width: 1920, height: 1080 }, 'HD'],
    ['perType', { type: 'video', width: 1080, height: 1920 }, 'HD'],
    ['perType', { type: 'video', width: 1920, height: 1088 }, 'UHD'],
    ['perType', { type: 'text' }, undefined],
    ['shared', { type: 'image', width: 320, height: 180 }, undefined],
    ['shared', { type: 'metadata' }, undefined],
  ] as const)('%s, %o: %s', (keys, rendition, label) => {
    expect(keyLabelOf(keys, rendition)).toBe(label)
  })
})

describe('the policy of a content', () => {
  it("is its own, else its prefix's, else none", async () => {
    const { room } = memoryRights()
    expect(await policyOf(room, 'vod/film')).toEqual({ policy: { mode: 'none' }, source: 'default' })
    const policy = { mode: 'encrypted', schemes: ['cbcs'], systems: ['clearkey'], keys: 'shared' } as const
    const common = { ...policy, schemes: [...policy.schemes], systems: [...policy.systems] }
    await room.protection.putPolicy('vod/*', common)
    expect(await policyOf(room, 'vod/film')).toEqual({ policy: common, source: 'default' })
    expect((await policyOf(room, 'live/one')).policy.mode).toBe('none')
    await room.protection.putPolicy('vod/film', { mode: 'none' })
    expect(await policyOf(room, 'vod/film')).toEqual({ policy: { mode: 'none' }, source: 'own' })
  })
})
