/** Rights over memory: the rules without a cloud. */
import { createCipheriv, randomBytes } from 'node:crypto'
import type { ProtectionRoutePorts, TokenPorts } from '../../lib/rights/index.ts'
import type { KeyRecord } from '../../lib/rights/keys/content-key.ts'
import { keyPlace } from '../../lib/rights/keys/store.ts'
import type { Policy } from '../../lib/rights/protection/policy.ts'
import type { PlacedAsk, StoredPlan } from '../../lib/rights/protection/store.ts'
import { prefixOwner } from '../../lib/rights/protection/store.ts'

/** The text tests' playback tokens are signed with. */
const keyText = 'p'.repeat(64)

type MemoryRoom = ProtectionRoutePorts & Pick<TokenPorts, 'revocations' | 'keyTexts'>

/** A room whose clock a test sets; keys are "wrapped" by standing beside their record. */
export function memoryRights(nowMs = Date.UTC(2026, 0, 31, 12)) {
  const clock = { nowMs }
  const published: string[] = []
  const records = new Map<string, KeyRecord>()
  const policies = new Map<string, Policy>()
  const plans = new Map<string, StoredPlan>()
  const dues = new Map<string, number>()
  const asks: (PlacedAsk & { readonly contentId: string })[] = []
  const revoked = new Set<string>()
  const counts = { unwrapped: 0, made: 0 }
  const own = ({ contentId, label, period }: Omit<KeyRecord, 'wrapped' | 'kid' | 'iv' | 'checksum'>) =>
    `${contentId} ${label} ${period}`
  const ports: MemoryRoom = {
    keyStore: {
      find: (request) =>
        Promise.resolve(
          request.kid === undefined
            ? records.get(own(request))
            : [...records.values()].find(
                ({ contentId, kid }) => contentId === request.contentId && kid === request.kid,
              ),
        ),
      put: (record, asked) => {
        const place = asked ? `${own(record)} ${record.kid}` : own(record)
        if (records.has(place)) return Promise.resolve(false)
        records.set(place, record)
        return Promise.resolve(true)
      },
      dataKey: () => {
        counts.made++
        const plain = randomBytes(16)
        return Promise.resolve({ plain: Uint8Array.from(plain), wrapped: plain })
      },
      range: ({ contentId, label }, from, to) =>
        Promise.resolve(
          [...records.values()].filter(
            (one) =>
              one.contentId === contentId && one.label === label && one.period >= from && one.period <= to,
          ),
        ),
      latest: ({ contentId, label }, before, limit) =>
        Promise.resolve(
          [...records]
            .filter(([, one]) => one.contentId === contentId && one.label === label)
            .map(([name, one]) => {
              const place = keyPlace(one)
              return { ...one, place: name === own(one) ? place : `${place}#${one.kid}` }
            })
            .filter(({ place }) => place < before)
            .toSorted((a, b) => (a.place < b.place ? 1 : -1))
            .slice(0, limit),
        ),
      unwrap: ({ wrapped }) => {
        counts.unwrapped++
        return Promise.resolve(wrapped)
      },
    },
    protection: {
      policy: (contentId) => {
        const policy = policies.get(contentId)
        if (policy) return Promise.resolve({ policy, source: 'own' })
        const common = policies.get(prefixOwner(contentId)) ?? { mode: 'none' as const }
        return Promise.resolve({ policy: common, source: 'default' })
      },
      putPolicy: (owner, policy) => Promise.resolve(void policies.set(owner, policy)),
      pinPolicy: (contentId) => {
        const policy = policies.get(contentId) ??
          policies.get(prefixOwner(contentId)) ?? { mode: 'none' as const }
        return Promise.resolve(void policies.set(contentId, policy))
      },
      deletePolicy: (owner) => Promise.resolve(void policies.delete(owner)),
      plan: (contentId) => Promise.resolve(plans.get(contentId)),
      savePlan: (contentId, plan, over, policy) => {
        if ((plans.get(contentId)?.revision ?? 0) !== over) return Promise.resolve(false)
        if (policy) policies.set(contentId, policy)
        plans.set(contentId, { plan, revision: over + 1 })
        return Promise.resolve(true)
      },
      putDue: (contentId, dueMs) =>
        Promise.resolve(void (dueMs === undefined ? dues.delete(contentId) : dues.set(contentId, dueMs))),
      due: (byMs) =>
        Promise.resolve([...dues].flatMap(([contentId, dueMs]) => (dueMs <= byMs ? [contentId] : []))),
      recordRequest: (contentId, ask, id) =>
        Promise.resolve(
          void asks.unshift({ contentId, ...ask, place: `asked#${new Date(ask.atMs).toISOString()}#${id}` }),
        ),
      asks: (contentId, limit, before) =>
        Promise.resolve(
          asks
            .filter((ask) => ask.contentId === contentId && (before === undefined || ask.place < before))
            .toSorted((a, b) => (a.place < b.place ? 1 : -1))
            .slice(0, limit)
            .map(({ who, door, atMs, kids, place }) => ({ who, door, atMs, kids, place })),
        ),
    },
    revocations: {
      revokeToken: (tokenId) => Promise.resolve(void revoked.add(tokenId)),
      revokeAccount: (account) => Promise.resolve(void revoked.add(account)),
    },
    keyTexts: () => Promise.resolve([keyText]),
    async publish(contentId, change) {
      const result = await change.write(ports, contentId, await change.next(ports, contentId))
      published.push(contentId)
      return result
    },
    now: () => clock.nowMs,
    randomBytes: (length) => randomBytes(length),
    encipher: (key, block) => createCipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(block),
  }
  return { ports, published, clock, records, policies, plans, asks, revoked, counts }
}

/** Holds of a room in which nobody keeps anything for longer. */
export const nothingHeld = { isHeld: () => Promise.resolve(false) }
