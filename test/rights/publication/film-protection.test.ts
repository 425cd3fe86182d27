/** Films and what says how they are protected: settled as they come, made known again when it changes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  asItIs,
  assetPeriods,
  assetProtection,
  changePolicy,
  duePeriods,
  publishProtection,
  retired,
  retireKeys,
  stated,
} from '../../../lib/rights/index.ts'
import type { EncryptedPolicy } from '../../../lib/rights/protection/policy.ts'
import { decodeProtection } from '../../../lib/timeline/stored-protection.ts'
import { openRightsCloud } from '../cloud.ts'
import { memoryShelf } from './memory-store.ts'

type Cloud = Awaited<ReturnType<typeof openRightsCloud>>
let cloud: Cloud
beforeAll(async () => {
  cloud = await openRightsCloud()
})
afterAll(() => cloud.close())

const policy: EncryptedPolicy = {
  mode: 'encrypted',
  schemes: ['cenc', 'cbcs'],
  systems: ['clearkey'],
  keys: 'perType',
  rotationSeconds: 12,
}
const film = { commonMs: 30_000, licenceUrl: 'https://licences.example/licence' }

const { licenceUrl } = film
/** A film arrives with a statement of its own, or without one. */
const arrive = (contentId: string, statement?: unknown) =>
  publishProtection(cloud.ports(), contentId, {
    store: memoryShelf(undefined),
    licenceUrl,
    change: stated(statement, contentId),
    arriving: { commonMs: film.commonMs, show: async () => true },
  })

describe('the protection of a film', () => {
  it('says its periods and keys, and is the same for the same keys', async () => {
    const ports = cloud.ports()
    await ports.protection.putPolicy('vod/film', policy)
    const found = await assetProtection(ports, 'vod/film', film)
    const stored = decodeProtection('protection', found?.text ?? '')
    expect(stored).toMatchObject({
      schemes: ['cenc', 'cbcs'],
      sharing: 'perType',
      licenceUrl: film.licenceUrl,
    })
    expect(stored.periods.map(({ fromMs }) => fromMs)).toEqual([0, 12_000, 24_000])
    expect(new Set(stored.periods.flatMap(({ keys }) => keys.map(({ kid }) => kid))).size).toBe(12)
    expect(found?.text).not.toContain('wrapped')
    expect(await assetProtection(cloud.ports(), 'vod/film', film)).toEqual(found)
    await retireKeys(ports, 'vod/film', { policy, period: 0 })
    const after = await assetProtection(ports, 'vod/film', film)
    expect(after?.name).not.toBe(found?.name)
    expect(decodeProtection('protection', after?.text ?? '').periods.map(({ index }) => index)).toEqual([
      3, 4, 5,
    ])
  })

  it('is none where nobody asked for it', async () => {
    expect(await assetProtection(cloud.ports(), 'vod/open', film)).toBeUndefined()
  })

  it('is settled as the film comes: as it states, else as its prefix has it, whatever the prefix has later', async () => {
    const ports = cloud.ports()
    await ports.protection.putPolicy('vod/*', policy)
    await arrive('vod/pinned')
    await arrive('vod/stated', 'none')
    await ports.protection.putPolicy('vod/*', { mode: 'none' })
    await arrive('vod/later')
    const modes = await Promise.all(
      ['vod/pinned', 'vod/stated', 'vod/later'].map(
        async (id) => (await ports.protection.policy(id)).policy.mode,
      ),
    )
    expect(modes).toEqual(['encrypted', 'none', 'none'])
    // Told twice, and after somebody changed it: what is there stays.
    await ports.protection.putPolicy('vod/later', policy)
    await arrive('vod/later')
    expect((await ports.protection.policy('vod/later')).policy.mode).toBe('encrypted')
  })

  it.each([
    'cbcs',
    { mode: 'encrypted' },
    { scheme: 'cbcs' },
    { ...policy, systems: ['fairplay'], schemes: ['cenc'] },
  ])('is refused where %j is stated', async (statement) => {
    await expect((async () => arrive('vod/wrong', statement))()).rejects.toMatchObject({
      code: 'ASSET_PROTECTION',
    })
  })

  it('is made known to a film that plays, and of one that does not yet nothing is said', async () => {
    const ports = cloud.ports()
    await ports.protection.putPolicy('vod/known', policy)
    const store = memoryShelf(film.commonMs)
    await publishProtection(ports, 'vod/known', { store, licenceUrl, change: asItIs })
    expect(store.named).toHaveLength(1)
    expect([...store.objects.keys()]).toEqual([`protection/vod/known/${store.named[0]}.json`])
    await ports.protection.putPolicy('vod/known', { mode: 'none' })
    await publishProtection(ports, 'vod/known', { store, licenceUrl, change: asItIs })
    expect(store.named.at(-1)).toBeUndefined()
    const empty = memoryShelf(undefined)
    await publishProtection(ports, 'vod/known', { store: empty, licenceUrl, change: asItIs })
    expect(empty.named).toEqual([])
  })

  it('is the film’s own once it is known, whatever its prefix has later', async () => {
    const ports = cloud.ports()
    await ports.protection.deletePolicy('vod/*')
    expect(await ports.protection.policy('vod/*')).toMatchObject({ policy: { mode: 'none' } })
    const store = memoryShelf(film.commonMs)
    await publishProtection(ports, 'vod/given-up', { store, licenceUrl, change: asItIs })
    await ports.protection.putPolicy('vod/*', policy)
    expect(await ports.protection.policy('vod/*')).toMatchObject({ policy })
    expect(await ports.protection.policy('vod/given-up')).toEqual({ policy: { mode: 'none' }, source: 'own' })
    await ports.protection.deletePolicy('vod/*')
  })

  it('names the classes of devices that are robust enough, of FairPlay with cbcs alone', async () => {
    const ports = cloud.ports()
    const strict: EncryptedPolicy = {
      ...policy,
      systems: ['widevine', 'playready', 'fairplay'],
      robustness: { widevine: 'HW_SECURE_ALL', playready: '3000', fairplay: 'Main' },
    }
    await ports.protection.putPolicy('vod/robust', strict)
    const made = await assetProtection(ports, 'vod/robust', film)
    expect(JSON.parse(made?.text ?? '')).toMatchObject({
      allowedCpc: {
        cenc: 'com.microsoft.playready:SL3000',
        cbcs: 'com.microsoft.playready:SL3000,com.apple.streamingkeydelivery:AppleMain/Main',
      },
    })
  })

  it('changes once, however many who know the old policy ask meanwhile', async () => {
    const ports = cloud.ports()
    await changePolicy(ports, 'vod/turned', policy)
    const slower: EncryptedPolicy = { ...policy, rotationSeconds: 24 }
    const ask = async () => {
      const { policy: known } = await ports.protection.policy('vod/turned')
      if (known.mode === 'encrypted')
        await assetPeriods(cloud.ports(), 'vod/turned', { policy: known, ...film })
      // What was known may be old by now.
      return assetPeriods(cloud.ports(), 'vod/turned', { policy, ...film })
    }
    await Promise.all([
      ...Array.from({ length: 20 }, ask),
      changePolicy(ports, 'vod/turned', slower),
      ...Array.from({ length: 20 }, ask),
    ])
    const stored = await ports.protection.plan('vod/turned')
    expect(stored?.plan.eras.map(({ rotationSeconds }) => rotationSeconds)).toEqual([12, 24])
    expect(await ports.protection.policy('vod/turned')).toEqual({ policy: slower, source: 'own' })
  })

  it('is what holds in the end, however calls cross', async () => {
    const ports = cloud.ports()
    await ports.protection.putPolicy('vod/crossed', policy)
    await duePeriods(ports, 'vod/crossed', policy)
    const store = memoryShelf(film.commonMs)
    const change = (period: number) =>
      publishProtection(cloud.ports(), 'vod/crossed', { store, licenceUrl, change: retired(period) })
    await Promise.all([
      change(0),
      change(0),
      publishProtection(ports, 'vod/crossed', { store, licenceUrl, change: asItIs }),
    ])
    expect(store.named.at(-1)).toBe((await assetProtection(ports, 'vod/crossed', film))?.name)
  })
})
