/** A film's protection made known: what closes first and what opens last, whoever says it and whatever fails on the way. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { asItIs, publishProtection, retired, stated } from '../../../lib/rights/index.ts'
import type { EncryptedPolicy, Policy } from '../../../lib/rights/protection/policy.ts'
import type { ProtectionStore } from '../../../lib/rights/protection/store.ts'
import { type Change, forgotten, policyOf } from '../../../lib/rights/publication/changes.ts'
import { markOf } from '../../../lib/rights/publication/marks.ts'
import { memoryRights } from '../memory.ts'
import { memoryShelf } from './memory-store.ts'

const policy: EncryptedPolicy = {
  mode: 'encrypted',
  schemes: ['cbcs'],
  systems: ['clearkey'],
  keys: 'shared',
}
const led = { ...policy, clearLeadSeconds: 10 }
const open: Policy = { mode: 'none' }
const id = 'vod/film'
const licenceUrl = 'https://licences.example/licence'

let house: ReturnType<typeof memoryRights>
let store: ReturnType<typeof memoryShelf>
beforeEach(() => {
  house = memoryRights()
  store = memoryShelf(30_000)
})

const publish = <Result>(change: Change<Result>) =>
  publishProtection(house.ports, id, { store, licenceUrl, change })

/** What is written of rights stands among what is told to the shelf. */
function tellOfPolicies(): void {
  const { protection } = house.ports
  const before = { ...protection }
  Object.assign(protection, {
    putPolicy: async (owner: string, now: Policy) => {
      store.told.push(`policy ${now.mode}`)
      await before.putPolicy(owner, now)
    },
    savePlan: async (...all: Parameters<ProtectionStore['savePlan']>) => {
      if (all[3]) store.told.push(`policy ${all[3].mode}`)
      return before.savePlan(...all)
    },
  })
}

describe('a change', () => {
  it('that closes is at the edge before it is written, and caches forget what was public', async () => {
    tellOfPolicies()
    await publish(policyOf(policy))
    expect(store.told).toEqual(['mark closed', 'policy encrypted', 'row protected', 'invalidation'])
    expect(store.invalidated).toEqual([['/media/clear/vod/film/*']])
  })

  it('that opens is at the edge when all else says so', async () => {
    await publish(policyOf(policy))
    store.told.length = 0
    tellOfPolicies()
    await publish(policyOf(open))
    expect(store.told).toEqual(['policy none', 'row public', 'mark away'])
    expect([...store.marked]).toEqual([])
  })

  it('is written once: a mark that is so already is not set again, nor are caches told', async () => {
    await publish(policyOf(policy))
    store.told.length = 0
    await publish(policyOf(policy))
    await publish(retired())
    expect(store.told).toEqual(['row protected', 'row protected'])
  })

  it('of the clear lead is marked by its length, and what had another length is forgotten', async () => {
    await publish(policyOf(led))
    expect(store.marked.get(id)).toBe('lead-10')
    await publish(policyOf({ ...led, clearLeadSeconds: 5 }))
    expect(store.marked.get(id)).toBe('lead-5')
    await publish(policyOf(policy))
    expect(store.marked.get(id)).toBe('1')
    expect(store.invalidated).toEqual([
      ['/media/clear/vod/film/*'],
      ['/media/clear/vod/film/*', '/media/lead-10/vod/film/*'],
      ['/media/clear/vod/film/*', '/media/lead-5/vod/film/*'],
    ])
  })

  it('to a clear lead opens it when policy and state are written, and before manifests name it', async () => {
    await publish(policyOf(policy))
    store.told.length = 0
    tellOfPolicies()
    await publish(policyOf(led))
    expect(store.told).toEqual(['policy encrypted', 'mark lead-10', 'row protected'])
    store.told.length = 0
    await publish(policyOf({ ...led, clearLeadSeconds: 5 }))
    const closes = ['mark closed', 'policy encrypted', 'mark lead-5', 'row protected', 'invalidation']
    expect(store.told).toEqual(closes)
    store.told.length = 0
    await publish(policyOf({ ...led, clearLeadSeconds: 5, hdcp: 'TYPE-1' }))
    expect(store.told).toEqual(['policy encrypted', 'row protected'])
  })

  it('to the default of the prefix closes as well', async () => {
    await house.ports.protection.putPolicy('vod/*', policy)
    await publish(policyOf(open))
    await publish(forgotten)
    expect(store.marked.get(id)).toBe('1')
    expect(store.named.at(-1)).toBeDefined()
    expect((await house.ports.protection.policy(id)).source).toBe('own')
  })

  it('before there is a film is written, and marks nothing', async () => {
    store = memoryShelf(undefined)
    await publish(policyOf(policy))
    expect([store.told, (await house.ports.protection.policy(id)).policy.mode]).toEqual([[], 'encrypted'])
  })
})

describe('a film that arrives', () => {
  const arrive = (statement: unknown, show: (name: string | undefined) => Promise<boolean>) =>
    publishProtection(house.ports, id, {
      store,
      licenceUrl,
      change: stated(statement, id),
      arriving: { commonMs: 30_000, show },
    })
  const shown = async (name: string | undefined) => {
    store.told.push(`film ${name === undefined ? 'public' : 'protected'}`)
    return true
  }

  it('and says that it is protected is closed before it is shown', async () => {
    await arrive(policy, shown)
    expect(store.told).toEqual(['mark closed', 'film protected', 'invalidation'])
  })

  it('for the first time has nothing in any cache', async () => {
    store = memoryShelf(undefined)
    await arrive(policy, shown)
    expect(store.told).toEqual(['mark closed', 'film protected'])
  })

  it('and says that it is not, where the API had protected it, plays in the clear', async () => {
    await publish(policyOf(policy))
    store.told.length = 0
    await arrive('none', shown)
    expect(store.told).toEqual(['film public', 'mark away'])
  })

  it('too late, because another is there, leaves that one protected as it is set by now', async () => {
    await arrive(policy, async () => false)
    expect(store.told).toEqual(['mark closed', 'row protected', 'invalidation'])
  })
})

describe('what fails', () => {
  let failing: string | undefined
  const orFail = (name: string) => {
    if (failing === name) throw new Error(`${name} fails`)
  }
  beforeEach(() => {
    failing = undefined
    const { protection } = house.ports
    const rights = { ...protection }
    const whole = store
    Object.assign(protection, {
      savePlan: async (...all: Parameters<ProtectionStore['savePlan']>) => {
        orFail('policy')
        return rights.savePlan(...all)
      },
      putPolicy: async (...all: Parameters<ProtectionStore['putPolicy']>) => {
        orFail('policy')
        return rights.putPolicy(...all)
      },
    })
    store = {
      ...store,
      marks: {
        async set(contentId, mark) {
          orFail(mark === undefined ? 'opening' : 'closing')
          return whole.marks.set(contentId, mark)
        },
        async takeAway(contentId) {
          orFail('opening')
          return whole.marks.takeAway(contentId)
        },
        async closeUnless(contentId, mark) {
          orFail('closing')
          return whole.marks.closeUnless(contentId, mark)
        },
      },
      async publish(contentId, state) {
        orFail('row')
        return whole.publish(contentId, state)
      },
      async put(key, text) {
        orFail('object')
        return whole.put(key, text)
      },
      async invalidate(paths) {
        orFail('invalidation')
        store.invalidated.push([...paths])
      },
    }
  })
  afterEach(() => {
    failing = undefined
  })
  const stateNow = async () => ({
    policy: (await house.ports.protection.policy(id)).policy.mode,
    row: store.named.at(-1) === undefined ? 'public' : 'protected',
    mark: store.marked.get(id) ?? 'none',
    left: store.left.size,
  })
  const isOpen = { policy: 'none', row: 'public', mark: 'none', left: 0 }
  const isClosed = { policy: 'encrypted', row: 'protected', mark: '1', left: 0 }

  it.each(['closing', 'policy'])('at the %s leaves the film as public as it was', async (what) => {
    failing = what
    await expect(publish(policyOf(policy))).rejects.toThrow(`${what} fails`)
    failing = undefined
    expect(await stateNow()).toEqual(isOpen)
  })

  it.each(['object', 'row'])('at the %s leaves it closed, for the next to finish', async (what) => {
    failing = what
    await expect(publish(policyOf(policy))).rejects.toThrow(`${what} fails`)
    expect(await stateNow()).toEqual({ policy: 'encrypted', row: 'public', mark: '1', left: 1 })
    expect(store.reports).toEqual(['a change of protection was left half made'])
    failing = undefined
    await publish(asItIs)
    expect(await stateNow()).toEqual(isClosed)
  })

  it.each(['policy', 'row', 'opening'])('at the %s of who opens leaves it closed', async (what) => {
    await publish(policyOf(policy))
    failing = what
    await expect(publish(policyOf(open))).rejects.toThrow(`${what} fails`)
    expect((await stateNow()).mark).toBe('1')
    failing = undefined
    await publish(asItIs)
    const { policy: mode } = await stateNow()
    expect(await stateNow()).toEqual(mode === 'none' ? isOpen : isClosed)
  })

  it('at the caches is answered all the same, since the mark holds, and is done by who comes next', async () => {
    failing = 'invalidation'
    await publish(policyOf(policy))
    expect(await stateNow()).toEqual({ ...isClosed, left: 1 })
    expect(store.reports).toEqual(['caches were not told to forget clear media'])
    failing = undefined
    await publish(asItIs)
    expect([await stateNow(), store.invalidated]).toEqual([isClosed, [['/media/clear/vod/film/*']]])
  })
})

describe('at no moment, whatever is written last,', () => {
  const policies = { public: open, sealed: policy, 'led by 5 s': { ...led, clearLeadSeconds: 5 }, led }
  const pairs = Object.entries(policies).flatMap(([from, before]) =>
    Object.entries(policies).flatMap(([to, after]) =>
      before === after ? [] : [{ from, to, before, after }],
    ),
  )
  const markFor = (one: Policy) => markOf(one) ?? 'none'
  /** What the edge gives beyond the policy of this moment. */
  const tooOpen = async (): Promise<readonly string[]> => {
    const mark = store.marked.get(id) ?? 'none'
    const now = markFor((await house.ports.protection.policy(id)).policy)
    return now === 'none' || mark === now || mark === '1' ? [] : [`${mark} where ${now} holds`]
  }

  it.each(pairs)('does the edge give more of a film than its policy, $from and then $to', async (pair) => {
    const wrong: string[] = []
    let most = 0
    // One write fails, or all from it on, so that nothing puts in order what was begun.
    for (const goesOn of [false, true])
      for (let failing = 0, isWhole = false; !isWhole; failing++) {
        house = memoryRights()
        store = memoryShelf(30_000)
        await publish(policyOf(pair.before))
        let asked = 0
        const watch = watchWrites(async () => {
          wrong.push(...(await tooOpen()))
          const at = asked++
          if (goesOn ? at >= failing : at === failing) throw new Error('a write fails')
        })
        isWhole = await publish(policyOf(pair.after)).then(
          () => true,
          () => false,
        )
        watch.stop()
        wrong.push(...(await tooOpen()))
        most = Math.max(most, asked)
        await publish(asItIs)
        const { policy: now } = await house.ports.protection.policy(id)
        expect(store.marked.get(id) ?? 'none').toBe(markFor(now))
      }
    expect(wrong).toEqual([])
    expect(most).toBeGreaterThan(7)
  })

  const writes = new Set([
    'putPolicy',
    'savePlan',
    'pinPolicy',
    'set',
    'closeUnless',
    'store',
    'publish',
    'keep',
  ])

  /** Asks before and after each write of anything. */
  function watchWrites(ask: () => Promise<void>) {
    let isWatched = true
    const around = <Place extends object>(place: Place): Place =>
      new Proxy(place, {
        get(target, name) {
          const member: unknown = Reflect.get(target, name)
          if (typeof member !== 'function' || !writes.has(String(name))) return member
          return async (...given: unknown[]): Promise<unknown> => {
            if (isWatched) await ask()
            const result: unknown = await Reflect.apply(member, target, given)
            if (isWatched) await ask()
            return result
          }
        },
      })
    Object.assign(house.ports, { protection: around(house.ports.protection) })
    const { marks, turns } = store
    store = around({ ...store, marks: around(marks), turns: { ...turns, store: around(turns.store) } })
    return {
      stop() {
        isWatched = false
      },
    }
  }
})

describe('who lost the turn', () => {
  const losing = () => {
    store = { ...store, turns: { ...store.turns, store: { ...store.turns.store, keep: async () => false } } }
  }

  it('takes no mark away, of a film that is gone neither', async () => {
    const gone = memoryShelf(undefined)
    for (const one of [store, gone]) {
      store = one
      store.marked.set(id, '1')
      losing()
      await expect(publish(policyOf(open))).rejects.toMatchObject({ code: 'PROTECTION_BUSY' })
      expect(store.marked.get(id)).toBe('1')
    }
  })

  it('opens no lead', async () => {
    await publish(policyOf(policy))
    losing()
    await expect(publish(policyOf(led))).rejects.toMatchObject({ code: 'PROTECTION_BUSY' })
    expect(store.marked.get(id)).toBe('1')
  })
})

describe('many at once', () => {
  it('leave policy, row and mark of the one that was last', async () => {
    const all = [policy, open, led, policy, open, { ...policy, rotationSeconds: 12 }, open, led]
    await Promise.all([...all.map((one) => publish(policyOf(one))), publish(asItIs), publish(forgotten)])
    const { policy: last } = await house.ports.protection.policy(id)
    const mark = last.mode === 'none' ? undefined : last.clearLeadSeconds === 10 ? 'lead-10' : '1'
    expect(store.marked.get(id)).toBe(mark)
    expect(store.named.at(-1) === undefined).toBe(last.mode === 'none')
    expect(store.left.size).toBe(0)
  })

  it('never open what one of them was told is closed', async () => {
    // Every write gives way to the others.
    const { marks } = store
    const seen: string[] = []
    store.marks = {
      ...marks,
      async set(contentId, mark) {
        await new Promise((resolve) => setImmediate(resolve))
        const { policy: now } = await house.ports.protection.policy(id)
        if (mark === undefined && now.mode !== 'none') seen.push('opened while protected')
        return marks.set(contentId, mark)
      },
    }
    await Promise.all(Array.from({ length: 20 }, (_, i) => publish(policyOf(i % 2 === 0 ? policy : open))))
    expect(seen).toEqual([])
  })

  it('who find no turn in time have changed nothing', async () => {
    store = { ...store, turns: { ...store.turns, maxTries: 3 } }
    await store.turns.store.take(id, 'somebody')
    await expect(publish(policyOf(policy))).rejects.toMatchObject({ code: 'PROTECTION_BUSY', status: 503 })
    expect([store.told, (await house.ports.protection.policy(id)).policy]).toEqual([[], open])
  })
})
