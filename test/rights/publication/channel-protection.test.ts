/** Key periods of channels: made ahead of time whatever the clock does, told by the hour, and none of them twice. */
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { newPlan, type PeriodPlan, withEra } from '../../../lib/rights/keys/key-periods.ts'
import { nextToldMs, untoldHours } from '../../../lib/rights/keys/told-hours.ts'
import type { Policy } from '../../../lib/rights/protection/policy.ts'
import { asItIs, forgotten, policyOf, retired } from '../../../lib/rights/publication/changes.ts'
import { publishProtection } from '../../../lib/rights/publication/publish.ts'
import { tellDue } from '../../../lib/rights/publication/rebuild.ts'
import { decodeKeyHour, keyHourKey, keyHourOf } from '../../../lib/timeline/key-hours.ts'
import { periodAt, periodsBetween } from '../../../lib/timeline/key-periods.ts'
import { decodeProtection, protectionKey } from '../../../lib/timeline/stored-protection.ts'
import { memoryRights } from '../memory.ts'
import { memoryShelf } from './memory-store.ts'

const id = 'live/news'
const windowSeconds = 48 * 3600
const hourMs = 3_600_000
const policy = {
  mode: 'encrypted',
  schemes: ['cbcs'],
  systems: ['clearkey'],
  keys: 'shared',
  rotationSeconds: 60,
} as const satisfies Policy

let rights: ReturnType<typeof memoryRights>
let shelf: ReturnType<typeof memoryShelf>

beforeEach(() => {
  rights = memoryRights()
  shelf = memoryShelf(undefined)
})

const store = () => ({ ...shelf, onShow: () => Promise.resolve({ windowSeconds }) })
const publish = <Result>(
  change: Parameters<typeof publishProtection<Result>>[2]['change'],
): Promise<Result> =>
  publishProtection(rights.ports, id, { store: store(), licenceUrl: 'https://licence.example', change })
const sweep = () =>
  tellDue({
    due: () => rights.ports.protection.due(rights.clock.nowMs),
    publish: (contentId, { change }) => {
      expect(contentId).toBe(id)
      return publish(change)
    },
    report: (event, error) => expect.fail(`${event}: ${String(error)}`),
  })

/** The state that is in force, as manifests read it. */
function state() {
  const name = shelf.named.at(-1)
  if (name === undefined) return undefined
  const key = protectionKey(id, name)
  return decodeProtection(key, shelf.objects.get(key) ?? '')
}

/** Kids of the periods between two times; undefined where one is not told. */
function kidsBetween(fromMs: number, toMs: number): readonly (string | undefined)[] {
  const { eras, sharing } = state() ?? expect.fail('no state')
  if (!eras) return expect.fail('no eras')
  return periodsBetween({ clock: 'wall', eras }, fromMs, toMs).map((period) => {
    const key = keyHourKey(id, { hour: keyHourOf(period), eras, sharing })
    const told = decodeKeyHour(key, shelf.objects.get(key) ?? '{"format":"headend-key-hour/1","periods":[]}')
    return told.find(({ index }) => index === period.index)?.keys[0]?.kid
  })
}

describe('key periods of a channel', () => {
  it('are told five minutes ahead for two days, by a sweep each five minutes that misses two turns now and then', async () => {
    await publish(policyOf(policy))
    const beganMs = rights.clock.nowMs
    for (let turn = 1; turn <= (49 * 60) / 5; turn++) {
      rights.clock.nowMs = beganMs + turn * 5 * 60_000
      if (turn % 11 !== 0 && turn % 11 !== 1) await sweep()
      const nowMs = rights.clock.nowMs
      expect(kidsBetween(nowMs - 60_000, nowMs + 5 * 60_000)).not.toContain(undefined)
    }
    const kids = kidsBetween(rights.clock.nowMs - 48 * hourMs, rights.clock.nowMs)
    expect(kids).not.toContain(undefined)
    expect(new Set(kids).size).toBe(kids.length)
  })

  it('are looked at once an hour where they last longer', async () => {
    await publish(policyOf({ ...policy, rotationSeconds: 86_400 }))
    const beganMs = rights.clock.nowMs
    let told = 0
    for (let turn = 1; turn <= (24 * 60) / 5; turn++) {
      rights.clock.nowMs = beganMs + turn * 5 * 60_000
      told += await sweep()
    }
    expect(told).toBeLessThanOrEqual(25)
  })

  it('do not change by being told again', async () => {
    await publish(policyOf(policy))
    rights.clock.nowMs += 50 * 60_000
    await sweep()
    const before = new Map(shelf.objects)
    for (let i = 0; i < 3; i++) await publish(asItIs)
    expect(shelf.objects).toEqual(before)
    expect(rights.plans.get(id)?.plan.eras).toHaveLength(1)
  })

  it('have keys that nobody has had after a retirement, and the same as before until then', async () => {
    await publish(policyOf(policy))
    rights.clock.nowMs += 30 * 60_000
    const nowMs = rights.clock.nowMs
    const before = kidsBetween(nowMs - 30 * 60_000, nowMs)
    const planned = kidsBetween(nowMs, nowMs + 15 * 60_000)
    await publish(retired())
    expect(kidsBetween(nowMs - 30 * 60_000, nowMs)).toEqual(before)
    const after = kidsBetween(nowMs, nowMs + 5 * 60_000)
    expect(after).not.toContain(undefined)
    expect(after.filter((kid) => planned.includes(kid))).toEqual([])
  })

  it('cover what was shown while the channel was in the clear, once it is protected again', async () => {
    await publish(policyOf(policy))
    rights.clock.nowMs += 2 * hourMs
    await sweep()
    await publish(policyOf({ mode: 'none' }))
    expect(state()).toBeUndefined()
    rights.clock.nowMs += 3 * hourMs
    await sweep()
    await publish(policyOf(policy))
    expect(kidsBetween(rights.clock.nowMs - 5 * hourMs, rights.clock.nowMs)).not.toContain(undefined)
  })

  it('have keys for each type as far back as viewers may go, from the moment that is asked for', async () => {
    await publish(policyOf(policy))
    rights.clock.nowMs += 3 * hourMs
    await sweep()
    await publish(policyOf({ ...policy, keys: 'perType' }))
    expect(kidsBetween(rights.clock.nowMs - 3 * hourMs, rights.clock.nowMs)).not.toContain(undefined)
  })

  it('close the edge, though nothing says that the channel is there', async () => {
    const unknown = { ...shelf, onShow: () => Promise.resolve(undefined) }
    const change = policyOf(policy)
    await publishProtection(rights.ports, id, {
      store: unknown,
      licenceUrl: 'https://licence.example',
      change,
    })
    expect([...shelf.marked]).toEqual([[id, '1']])
    expect(shelf.named).toEqual([])
    await publish(asItIs)
    expect(kidsBetween(rights.clock.nowMs, rights.clock.nowMs + 1)).toHaveLength(1)
  })

  it('are one without rotation, told once', async () => {
    await publish(policyOf({ ...policy, rotationSeconds: undefined }))
    const count = shelf.objects.size
    rights.clock.nowMs += 49 * hourMs
    expect(await sweep()).toBe(0)
    await publish(asItIs)
    expect(shelf.objects.size).toBe(count)
    expect(kidsBetween(rights.clock.nowMs - 48 * hourMs, rights.clock.nowMs)).toHaveLength(1)
  })

  it('go on when the policy of all channels holds for it', async () => {
    rights.policies.set('live/*', policy)
    await publish(asItIs)
    expect(state()?.eras).toHaveLength(1)
    // It became its own: what holds for others later changes nothing here.
    rights.policies.set('live/*', { mode: 'none' })
    await publish(asItIs)
    expect(state()?.eras).toHaveLength(1)
    await publish(forgotten)
    expect(state()).toBeUndefined()
  })
})

describe('hours that are to be told', () => {
  const startMs = Date.UTC(2026, 0, 1)

  it('are all that manifests need, whatever was told before', () => {
    const changes = fc.array(
      fc.record({ afterMs: fc.integer({ min: 1, max: 9 * hourMs }), isNewEra: fc.boolean() }),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(changes, fc.constantFrom(10, 60, 7200, undefined), (steps, rotationSeconds) => {
        let nowMs = startMs
        let plan: PeriodPlan = { ...newPlan(id, nowMs, rotationSeconds), windowSeconds: 6 * 3600 }
        const told = new Map<string, string>()
        for (const { afterMs, isNewEra } of steps) {
          nowMs += afterMs
          if (isNewEra) plan = withEra(plan, nowMs, rotationSeconds)
          // An operator lets viewers go back further, or not so far.
          const backSeconds = (afterMs % 3) * 3 * 3600
          plan = { ...plan, windowSeconds: backSeconds }
          const next = untoldHours(plan, 'shared', nowMs)
          for (const [hour, periods] of next.hours) {
            const key = keyHourKey(id, { hour, eras: plan.eras, sharing: 'shared' })
            const indexes = periods.map(({ index }) => index).join()
            // Such an object never changes, whenever it is told.
            if ((told.get(key) ?? indexes) !== indexes) return false
            told.set(key, indexes)
          }
          plan = { ...plan, told: next.told }
          // Manifests read whole hours, and what begins a little before them.
          const backMs = Math.floor((nowMs - backSeconds * 1000) / hourMs) * hourMs - 60_000
          for (const period of periodsBetween(plan, backMs, nowMs + 5 * 60_000)) {
            const key = keyHourKey(id, { hour: keyHourOf(period), eras: plan.eras, sharing: 'shared' })
            if (!told.get(key)?.split(',').includes(String(period.index))) return false
          }
          const due = nextToldMs(plan)
          if (due !== undefined && due <= nowMs) return false
        }
        return true
      }),
    )
  })

  it('are the newest where there are too many, which is said', () => {
    const plan = { ...newPlan(id, startMs, 10), windowSeconds: 14 * 86_400 }
    const { hours, told } = untoldHours(plan, 'shared', startMs + 14 * 86_400_000)
    expect([...hours.values()].flat().length).toBeLessThanOrEqual(5000)
    expect(Math.min(...hours.keys())).toBe(told.from)
    expect(told.from).toBeGreaterThan(keyHourOf(periodAt(plan, startMs)))
  })
})
