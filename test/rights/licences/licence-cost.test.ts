/** What licences cost the table's partitions while a title is asked for by everybody, counted over the wire. */
import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { logOf } from '../../../lib/platform/log.ts'
import {
  answerLicence,
  assetPeriods,
  cachedRanges,
  duePeriods,
  keyOpener,
} from '../../../lib/rights/index.ts'
import { kidOwners, licenceFacts } from '../../../lib/rights/licences/store.ts'
import { policySchema } from '../../../lib/rights/protection/policy.ts'
import { changePolicy } from '../../../lib/rights/protection/protect.ts'
import { mintPlaybackToken } from '../../../lib/rights/tokens/playback-token.ts'
import { revocationStore } from '../../../lib/rights/tokens/store.ts'
import { openRightsCloud, table } from '../cloud.ts'

const startMs = Date.UTC(2026, 0, 31, 12)
const keyText = 'p'.repeat(64)
let cloud: Awaited<ReturnType<typeof openRightsCloud>>
beforeAll(async () => {
  cloud = await openRightsCloud()
})
afterAll(() => cloud.close())
beforeEach(() => cloud.faults.remove())

const policyOf = (more: object = {}) => {
  const given = { mode: 'encrypted', schemes: ['cenc'], systems: ['clearkey'], ...more }
  const policy = policySchema.parse(given)
  if (policy.mode === 'none') throw new Error('expected encryption')
  return policy
}

/** Protects a content, or all of a prefix, and gives the key ids of its first period. */
async function protect(contentId: string, more: object = {}, owner = contentId) {
  const ports = cloud.ports(() => startMs)
  const policy = policyOf(more)
  await ports.protection.putPolicy(owner, policy)
  const periods = contentId.startsWith('live/')
    ? await duePeriods(ports, contentId, policy)
    : await assetPeriods(ports, contentId, { policy, commonMs: 60_000 })
  return periods[0]?.keys.map(({ kid }) => kid) ?? []
}

/** A warm function: its clock, and what it answers viewers, each with an account and a token of his own. */
function warmFunction() {
  const clock = { nowMs: startMs }
  const now = () => clock.nowMs
  const rights = cloud.ports(now)
  const store = cachedRanges(rights.keyStore, now)
  const ports = {
    ...rights,
    keyStore: store.keyStore,
    opener: keyOpener({ keyStore: rights.keyStore, now }),
    facts: licenceFacts({ table, tables: cloud.tables, now, learned: store.forget }),
    owners: kidOwners({ table, tables: cloud.tables }),
    keyTexts: () => Promise.resolve([keyText]),
    servers: () => Promise.resolve({}),
    proxy: () => Promise.reject(new Error('nothing is passed on')),
    holds: { isHeld: () => Promise.reject(new Error('what is in the window is open without')) },
    hasTooManyStreams: () => Promise.resolve(false),
    frontSecrets: () => Promise.resolve([]),
    log: logOf({}, () => undefined),
  }
  let viewers = 0
  const ask = async (content: string, kids: readonly string[], account = `account-${++viewers}`) => {
    const issuedEpochSeconds = Math.floor(clock.nowMs / 1000) - 60
    const token = await mintPlaybackToken(keyText, {
      tokenId: `token-of-${account}`,
      account,
      content,
      level: 'clearkey',
      issuedEpochSeconds,
      expiresEpochSeconds: issuedEpochSeconds + 3600,
    })
    const { status, headers, body } = await answerLicence(ports, {
      method: 'POST',
      path: '/licence/clearkey',
      headers: { authorization: `Bearer ${token}` },
      body: Buffer.from(
        JSON.stringify({ kids: kids.map((kid) => Buffer.from(kid, 'hex').toString('base64url')) }),
      ),
      requestId: 'r',
    })
    const answer = JSON.parse(Buffer.from(body).toString()) as { error?: { code: string }; keys?: unknown[] }
    return { said: answer.error?.code ?? status, keys: answer.keys?.length, headers }
  }
  return { clock, ask }
}

/** Units a partition key was read for so far. */
const used = () =>
  new Map(cloud.faults.rules().flatMap((rule) => rule.used.map(({ key, reads }) => [key, reads] as const)))

describe('a title that everybody starts at once', () => {
  const licences = 200
  /** What a function of 100 ms a licence gives when it is never idle. */
  const betweenMs = 100
  /** The stage of the HTTP API gives no more, and a partition key no more than this. */
  const [mostLicences, mostUnits] = [5000, 3000]

  it.each([
    ['one key', 'vod/shared', {}, 'vod/shared'],
    ['a key for each type of track', 'vod/per-type', { keys: 'perType' }, 'vod/per-type'],
    ['the policy of its prefix', 'cost/film', {}, 'cost/*'],
    ['keys that turn by the clock', 'live/one', { rotationSeconds: 3600 }, 'live/one'],
  ] as const)('with %s is no hot partition', async (_, contentId, more, owner) => {
    const kids = await protect(contentId, more, owner)
    const { clock, ask } = warmFunction()
    expect((await ask(contentId, kids.slice(0, 1))).said).toBe(200)
    cloud.faults.add({ service: 'dynamodb', resource: table, kind: 'capacity' })
    for (let i = 0; i < licences; i++) {
      clock.nowMs += betweenMs
      expect((await ask(contentId, kids.slice(0, 1))).said).toBe(200)
    }
    const units = used()
    for (const [key, reads] of units)
      if (/^(token|account)#/.test(key)) expect(reads).toBe(1)
      else expect((reads / licences) * mostLicences).toBeLessThanOrEqual(mostUnits)
    expect([...units.keys()].filter((key) => key.startsWith('token#'))).toHaveLength(licences)
  })

  it('is not asked of the policy of its prefix where it has its own', async () => {
    const kids = await protect('vod/own')
    cloud.faults.add({ service: 'dynamodb', resource: table, kind: 'capacity' })
    await warmFunction().ask('vod/own', kids)
    await cloud.ports().protection.policy('vod/own')
    expect(used().get('content#vod/*')).toBeUndefined()
  })
})

describe('what a warm function keeps', () => {
  it('of a policy holds two seconds, and no longer when nothing newer can be read', async () => {
    const kids = await protect('vod/aged')
    const { clock, ask } = warmFunction()
    await ask('vod/aged', kids)
    cloud.faults.add({ service: 'dynamodb', key: 'content#vod/aged', kind: 'throttle' })
    clock.nowMs += 1999
    expect((await ask('vod/aged', kids)).said).toBe(200)
    clock.nowMs += 1
    const busy = await ask('vod/aged', kids)
    expect([busy.said, busy.headers['retry-after']]).toEqual(['TABLE_BUSY', '1'])
  })

  it('of a policy that gives no licences any more ends after two seconds', async () => {
    const kids = await protect('vod/ended')
    const { clock, ask } = warmFunction()
    await ask('vod/ended', kids)
    await cloud.ports().protection.putPolicy('vod/ended', { mode: 'none' })
    clock.nowMs += 2000
    expect((await ask('vod/ended', kids)).said).toBe('LICENCE_SYSTEM')
  })

  it('refuses nobody: a title that was given the system since is licensed at once', async () => {
    const kids = await protect('vod/begun', { systems: ['widevine'] })
    const { ask } = warmFunction()
    expect((await ask('vod/begun', kids)).said).toBe('LICENCE_SYSTEM')
    await changePolicy(
      cloud.ports(() => startMs),
      'vod/begun',
      policyOf(),
    )
    expect((await ask('vod/begun', kids)).said).toBe(200)
  })

  it('is never a revocation: the next licence knows it', async () => {
    const kids = await protect('vod/revoked')
    const { clock, ask } = warmFunction()
    expect((await ask('vod/revoked', kids, 'eve')).said).toBe(200)
    const store = revocationStore({ table, tables: cloud.tables })
    await store.revokeAccount('eve', clock.nowMs)
    expect((await ask('vod/revoked', kids, 'eve')).said).toBe('LICENCE_REVOKED')
  })

  it('of keys is read anew for one that was made since, by whoever asked for it', async () => {
    const kids = await protect('vod/grown')
    const { ask } = warmFunction()
    expect((await ask('vod/grown', kids)).keys).toBe(1)
    const ports = cloud.ports(() => startMs)
    const kid = '00112233445566778899aabbccddeeff'
    const wrapped = await ports.keyStore.dataKey('vod/grown', kid)
    const record = { contentId: 'vod/grown', period: 0, label: 'ALL', kid, iv: '0'.repeat(32), checksum: 'c' }
    expect(await ports.keyStore.put({ ...record, wrapped: wrapped.wrapped }, true)).toBe(true)
    expect(await ask('vod/grown', [kid])).toMatchObject({ said: 200, keys: 2 })
  })

  it('of a policy that cannot be read is nothing', async () => {
    const kids = await protect('vod/damaged')
    const { clock, ask } = warmFunction()
    await ask('vod/damaged', kids)
    const Item = { pk: 'content#vod/damaged', sk: 'policy', policy: { mode: 'sealed' } }
    await cloud.client.send(new PutCommand({ TableName: table, Item }))
    clock.nowMs += 2000
    expect((await ask('vod/damaged', kids)).said).toBe('INTERNAL_ERROR')
  })
})
