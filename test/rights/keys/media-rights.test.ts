/** What the packager is told of a film's protection: how much of it is in the clear, and which key holds when. */
import { describe, expect, it } from 'vitest'
import { assetProtection, duePeriods, keyOpener, retireKeys } from '../../../lib/rights/index.ts'
import { type MediaRightsPorts, mediaRights } from '../../../lib/rights/protection/media-rights.ts'
import {
  type EncryptedPolicy,
  policySchema,
  storedPolicySchema,
} from '../../../lib/rights/protection/policy.ts'
import { decodeProtection } from '../../../lib/timeline/stored-protection.ts'
import { memoryRights, nothingHeld } from '../memory.ts'

const policy: EncryptedPolicy = {
  mode: 'encrypted',
  schemes: ['cbcs'],
  systems: ['clearkey'],
  keys: 'shared',
  rotationSeconds: 12,
  rotationSignalling: 'inBand',
  clearLeadSeconds: 10,
}
const film = { commonMs: 30_000, licenceUrl: 'https://licences.example/licence' }
const id = 'vod/film'

function rightsOf(
  { ports, clock }: ReturnType<typeof memoryRights>,
  holds: MediaRightsPorts['holds'] = nothingHeld,
) {
  // A new one each time, as what is kept holds for some seconds.
  const opener = keyOpener({ keyStore: ports.keyStore, now: ports.now })
  return mediaRights({ protection: ports.protection, opener, holds, now: () => clock.nowMs })
}

describe('a policy', () => {
  it.each([
    { clearLeadSeconds: 61 },
    { clearLeadSeconds: -1 },
    { clearLeadSeconds: 1.5 },
    { rotationSignalling: 'inband' },
    { systems: ['widevine'], rotationSignalling: 'periods' },
    { systems: ['widevine'], rotationSignalling: 'periods', rotationSeconds: 29, clearLeadSeconds: 0 },
    { systems: ['widevine'], rotationSignalling: 'periods', rotationSeconds: 60, clearLeadSeconds: 31 },
  ])('is refused with %j', (more) => {
    expect(policySchema.safeParse({ ...policy, ...more }).success).toBe(false)
  })

  it('says nothing in the clear, and tells of keys in manifests, where it does not say otherwise', async () => {
    const house = memoryRights()
    const { clearLeadSeconds, rotationSignalling, ...usual } = policy
    await house.ports.protection.putPolicy(id, usual)
    const made = await assetProtection(house.ports, id, film)
    const stored = decodeProtection('protection', made?.text ?? '')
    expect(stored).not.toHaveProperty('inBand')
    expect(stored).not.toHaveProperty('clearLeadSeconds')
    const rule = await rightsOf(house).of(id)
    expect(rule?.clearLeadSeconds).toBe(0)
    expect(rule?.inBand(0, 5)).toBeUndefined()
    expect([clearLeadSeconds, rotationSignalling]).toEqual([10, 'inBand'])
  })
})

describe('a channel', () => {
  it('has the first keys before its protection began, and none of a retired period behind its end', async () => {
    const house = memoryRights()
    const { clearLeadSeconds, rotationSignalling, rotationSeconds, ...usual } = policy
    const rotating = { ...usual, rotationSeconds: 60 }
    await house.ports.protection.putPolicy('live/news', rotating)
    const began = house.clock.nowMs / 1000
    await duePeriods(house.ports, 'live/news', rotating)
    const spans = async () => {
      const rule = await rightsOf(house).of('live/news')
      return [0, 1, 2].map((index) => rule?.period(index))
    }
    expect(await spans()).toEqual([
      { from: Number.NEGATIVE_INFINITY, to: began + 60 },
      { from: began + 60, to: began + 120 },
      { from: began + 120, to: began + 180 },
    ])
    house.clock.nowMs += 70_000
    await retireKeys(house.ports, 'live/news', { policy: rotating, period: 1 })
    expect((await spans())[1]).toEqual({ from: began + 60, to: began + 70 })
    expect([clearLeadSeconds, rotationSignalling, rotationSeconds]).toEqual([10, 'inBand', 12])
  })
})

describe('a period of a channel that is over', () => {
  it('is delivered as long as something of it is held', async () => {
    const house = memoryRights()
    const { clearLeadSeconds: _lead, rotationSignalling: _signalling, ...usual } = policy
    const rotating = { ...usual, rotationSeconds: 60 }
    await house.ports.protection.putPolicy('live/news', rotating)
    const beganMs = house.clock.nowMs
    await duePeriods(house.ports, 'live/news', rotating)
    house.clock.nowMs += 30 * 86_400_000
    const asked: unknown[] = []
    const heldFrom = (isHeld: boolean) => ({
      isHeld: async (...question: readonly unknown[]) => {
        asked.push(question)
        return isHeld
      },
    })
    const rule = await rightsOf(house, heldFrom(true)).of('live/news')
    expect(rule?.period(1)).toBeUndefined()
    const span = { from: beganMs / 1000 + 60, to: beganMs / 1000 + 120 }
    expect(await rule?.held(1)).toEqual(span)
    expect(asked).toEqual([
      ['live/news', { fromMs: beganMs + 60_000, toMs: beganMs + 120_000 }, house.clock.nowMs],
    ])
    expect(await (await rightsOf(house, heldFrom(false)).of('live/news'))?.held(1)).toBeUndefined()
    // One that never was is nobody's.
    expect(await rule?.held(10_000)).toBeUndefined()
  })
})

describe('keys that change in band', () => {
  it.each([
    [{ rotationSeconds: 29 }, true],
    [{ rotationSeconds: 30 }, false],
    [{ rotationSeconds: 30, rotationSignalling: 'periods' }, false],
    [{ rotationSeconds: 30, rotationSignalling: 'inBand' }, true],
    [{ rotationSeconds: 60, clearLeadSeconds: 31 }, true],
    [{ rotationSeconds: 60, clearLeadSeconds: 30 }, false],
    [{}, false],
    [{ rotationSeconds: 12, systems: ['widevine', 'clearkey'] }, false],
    [{ rotationSeconds: 12, systems: ['widevine', 'clearkey'], rotationSignalling: 'periods' }, false],
    [{ rotationSeconds: 12, systems: ['clearkey'], rotationSignalling: 'inBand' }, true],
  ] as const)('do so where a Period would be shorter than 30 s: %j, %s', async (more, wanted) => {
    const house = memoryRights()
    const { rotationSeconds, rotationSignalling, clearLeadSeconds, ...usual } = policy
    await house.ports.protection.putPolicy(
      id,
      policySchema.parse({ ...usual, systems: ['widevine', 'playready'], ...more }),
    )
    const made = await assetProtection(house.ports, id, film)
    expect(decodeProtection('protection', made?.text ?? '').inBand ?? false).toBe(wanted)
    expect((await rightsOf(house).of(id))?.inBand(0, 0)).toBe(wanted ? 0 : undefined)
    expect([rotationSeconds, rotationSignalling, clearLeadSeconds]).toEqual([12, 'inBand', 10])
  })

  it('do so under policies of before that asked for short Periods', () => {
    const short = { ...policy, systems: ['widevine'], rotationSignalling: 'periods' } as const
    expect(storedPolicySchema.parse(short)).not.toHaveProperty('rotationSignalling')
    const long = { ...short, rotationSeconds: 40 }
    expect(storedPolicySchema.parse(long)).toEqual(long)
    const clearKey = { ...short, systems: ['clearkey'] }
    expect(storedPolicySchema.parse(clearKey)).toEqual(clearKey)
  })

  it('are named by the first of thirty, and those at either end by the one that they are shown with', async () => {
    const house = memoryRights()
    await house.ports.protection.putPolicy(id, policy)
    await assetProtection(house.ports, id, { ...film, commonMs: 900_000 })
    const rule = await rightsOf(house).of(id)
    expect([0, 359, 361, 899].map((at) => rule?.inBand(0, at))).toEqual([0, 29, 30, 74])
    expect([350, 361, 380, 899].map((at) => rule?.inBand(30, at))).toEqual([30, 30, 31, 74])
    expect([1, 15, 31].map((root) => rule?.inBand(root, 400))).toEqual([undefined, undefined, undefined])
  })

  it('follow from the first of their kind and a time, for ever', async () => {
    const house = memoryRights()
    await house.ports.protection.putPolicy(id, policy)
    const made = await assetProtection(house.ports, id, film)
    expect(decodeProtection('protection', made?.text ?? '')).toMatchObject({
      inBand: true,
      clearLeadSeconds: 10,
    })
    const rule = await rightsOf(house).of(id)
    expect([-0.5, 0, 11.9, 12, 29].map((at) => rule?.inBand(0, at))).toEqual([0, 0, 0, 1, 2])
    expect(rule?.inBand(1, 13)).toBeUndefined()
    await retireKeys(house.ports, id, { policy, period: 0 })
    await duePeriods(house.ports, id, policy)
    const then = await rightsOf(house).of(id)
    expect(then?.inBand(3, 13)).toBe(4)
    expect(then?.inBand(0, 13)).toBe(1)
    // To who plays on with the keys from before, their last period lasts to the film's end: never the key that came after.
    expect([37, 90].map((at) => then?.inBand(0, at))).toEqual([2, 2])
    expect([1, 2, 3].map((index) => then?.period(index)?.to)).toEqual([24, Number.POSITIVE_INFINITY, 12])
  })

  it('change no further than pictures and sound go together', async () => {
    const house = memoryRights()
    await house.ports.protection.putPolicy(id, policy)
    const made = await assetProtection(house.ports, id, film)
    expect(decodeProtection('protection', made?.text ?? '').periods.map(({ index }) => index)).toEqual([
      0, 1, 2,
    ])
    const rule = await rightsOf(house).of(id)
    expect([30, 36, 90].map((at) => rule?.inBand(0, at))).toEqual([2, 2, 2])
    expect([0, 1, 2, 3].map((index) => rule?.period(index))).toEqual([
      { from: 0, to: 12 },
      { from: 12, to: 24 },
      { from: 24, to: Number.POSITIVE_INFINITY },
      undefined,
    ])
    // A longer film in its place has more of them, and the ones that were there stay what they are.
    await assetProtection(house.ports, id, { ...film, commonMs: 50_000 })
    const then = await rightsOf(house).of(id)
    expect([2, 3, 4].map((index) => then?.period(index)?.to)).toEqual([36, 48, Number.POSITIVE_INFINITY])
  })

  it('need no rotation', async () => {
    const house = memoryRights()
    const { rotationSeconds, ...one } = policy
    await house.ports.protection.putPolicy(id, one)
    await assetProtection(house.ports, id, film)
    expect((await rightsOf(house).of(id))?.inBand(0, rotationSeconds ?? 0)).toBe(0)
  })
})

describe('keys that change by Periods', () => {
  it.each([
    [89_000, [0, 30_000]],
    [90_000, [0, 30_000, 60_000]],
    [45_000, [0]],
    [20_000, [0]],
  ])('do not change for the last of %i ms where less than 30 s would be left', async (commonMs, starts) => {
    const house = memoryRights()
    const { rotationSignalling, clearLeadSeconds, ...usual } = policy
    await house.ports.protection.putPolicy(id, { ...usual, rotationSeconds: 30 })
    const made = await assetProtection(house.ports, id, { ...film, commonMs })
    expect(decodeProtection('protection', made?.text ?? '').periods.map(({ fromMs }) => fromMs)).toEqual(
      starts,
    )
    expect((await rightsOf(house).of(id))?.period(starts.length - 1)?.to).toBe(Number.POSITIVE_INFINITY)
    expect([rotationSignalling, clearLeadSeconds]).toEqual(['inBand', 10])
  })
})
