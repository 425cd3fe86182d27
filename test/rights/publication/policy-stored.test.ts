/** A policy or revocation that was not read, or cannot be, never looks like none. */
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readAssetJson } from '../../../lib/packaging/assets/asset-json.ts'
import { assetProtection, stated } from '../../../lib/rights/index.ts'
import { keyOpener } from '../../../lib/rights/keys/open-key.ts'
import { licenceFacts } from '../../../lib/rights/licences/store.ts'
import { mediaRights } from '../../../lib/rights/protection/media-rights.ts'
import { policySchema } from '../../../lib/rights/protection/policy.ts'
import { openRightsCloud, table } from '../cloud.ts'
import { nothingHeld } from '../memory.ts'

let cloud: Awaited<ReturnType<typeof openRightsCloud>>
beforeAll(async () => {
  cloud = await openRightsCloud()
})
afterAll(() => cloud.close())
beforeEach(() => cloud.faults.remove())

const encrypted = policySchema.parse({ mode: 'encrypted', schemes: ['cenc'], systems: ['widevine'] })
const put = (owner: string, policy: unknown) =>
  cloud.client.send(
    new PutCommand({ TableName: table, Item: { pk: `content#${owner}`, sk: 'policy', policy } }),
  )
const policyStored = async (owner: string): Promise<unknown> => {
  const Key = { pk: `content#${owner}`, sk: 'policy' }
  return (await cloud.client.send(new GetCommand({ TableName: table, Key }))).Item?.['policy']
}
const mediaOf = (contentId: string) => {
  const { keyStore, protection, now } = cloud.ports()
  return mediaRights({ protection, opener: keyOpener({ keyStore, now }), holds: nothingHeld, now }).of(
    contentId,
  )
}
const claims = {
  account: 'anna',
  content: 'vod/film',
  tokenId: 'token-1',
  issuedEpochSeconds: 1,
  expiresEpochSeconds: 2 ** 31,
  level: 'software' as const,
}

describe('of two rows of which one is left out by a busy partition', () => {
  it('the own policy is waited for, and the film is protected', async () => {
    await put('vod/left-out', encrypted)
    cloud.faults.add({ service: 'dynamodb', key: 'content#vod/left-out', kind: 'throttle', times: 2 })
    expect(await cloud.ports().protection.policy('vod/left-out')).toEqual({
      policy: encrypted,
      source: 'own',
    })
  })

  it('never read, nothing is said: neither media nor a policy of the prefix', async () => {
    await put('vod/never', encrypted)
    cloud.faults.add({ service: 'dynamodb', key: 'content#vod/never', kind: 'throttle' })
    await expect(mediaOf('vod/never')).rejects.toMatchObject({ code: 'TABLE_BUSY', status: 503 })
  })

  it("a film's own policy is not made of what was not read of its prefix", async () => {
    await put('vod/*', encrypted)
    cloud.faults.add({ service: 'dynamodb', key: 'content#vod/*', kind: 'throttle' })
    await expect(cloud.ports().protection.pinPolicy('vod/new')).rejects.toMatchObject({ code: 'TABLE_BUSY' })
    expect(await policyStored('vod/new')).toBeUndefined()
    cloud.faults.remove()
    await cloud.ports().protection.pinPolicy('vod/new')
    expect(await policyStored('vod/new')).toEqual(encrypted)
  })
})

describe('a policy of a later version', () => {
  const later = { ...encrypted, systems: ['widevine', 'wiseplay'] }
  const refused = { code: 'POLICY_UNREADABLE', status: 500 }

  it('refuses media, licences and manifests', async () => {
    await put('vod/later', later)
    await expect(mediaOf('vod/later')).rejects.toMatchObject(refused)
    const facts = licenceFacts({ table, tables: cloud.tables, now: Date.now })
    await expect(facts({ ...claims, content: 'vod/later' }, [])).rejects.toMatchObject(refused)
    const manifest = assetProtection(cloud.ports(), 'vod/later', { commonMs: 1000, licenceUrl: 'https://l' })
    await expect(manifest).rejects.toMatchObject(refused)
  })

  it('of a prefix refuses the films that have none of their own, and is not pinned to them', async () => {
    await put('later/*', { ...encrypted, watermark: 'forensic' })
    await put('later/own', encrypted)
    await expect(cloud.ports().protection.pinPolicy('later/film')).rejects.toMatchObject(refused)
    expect(await policyStored('later/film')).toBeUndefined()
    expect(await cloud.ports().protection.policy('later/own')).toMatchObject({ source: 'own' })
  })

  it('says in its error which row it is, and what of it', async () => {
    await put('vod/later', later)
    await expect(cloud.ports().protection.policy('vod/later')).rejects.toThrow(
      /vod\/later.*policy\.systems\.1/,
    )
  })
})

describe('a policy of before that names a scheme and a system twice', () => {
  const twice = { ...encrypted, schemes: ['cenc', 'cenc'], systems: ['widevine', 'clearkey', 'widevine'] }
  const once = { ...encrypted, systems: ['widevine', 'clearkey'] }

  it.each(['vod/twice', 'twice/*'])('is read as if it named them once, as that of %s', async (owner) => {
    await put(owner, twice)
    const film = owner.replace('*', 'film')
    expect((await cloud.ports().protection.policy(film)).policy).toEqual(once)
    const state = await assetProtection(cloud.ports(), film, { commonMs: 1000, licenceUrl: 'https://l' })
    expect(JSON.parse(state?.text ?? '')).toMatchObject({ schemes: ['cenc'], systems: once.systems })
    await mediaOf(film)
  })

  it('is kept as it is read where the film takes it over', async () => {
    await put('twice/*', twice)
    await cloud.ports().protection.pinPolicy('twice/new')
    expect(await policyStored('twice/new')).toEqual(once)
  })
})

describe('a revocation', () => {
  const facts = () => licenceFacts({ table, tables: cloud.tables, now: Date.now })(claims, [])

  it('that was not read is no licence', async () => {
    cloud.faults.add({ service: 'dynamodb', key: 'account#anna', kind: 'throttle' })
    await expect(facts()).rejects.toMatchObject({ code: 'TABLE_BUSY', status: 503 })
  })

  it('that cannot be read is no licence', async () => {
    const Item = { pk: 'account#anna', sk: 'revoked', through: 'for ever' }
    await cloud.client.send(new PutCommand({ TableName: table, Item }))
    await expect(facts()).rejects.toMatchObject({ code: 'REVOCATION_UNREADABLE', status: 500 })
  })
})

describe('what is said of protection', () => {
  it.each([
    ['a member nobody knows', { ...encrypted, drm: true }, 'drm'],
    ['a member misspelt beside none', { mode: 'none', systems: ['widevine'] }, 'systems'],
    ['robustness of an unknown system', { ...encrypted, robustness: { wiseplay: 'A' } }, 'wiseplay'],
  ])('is refused by name: %s', (_, policy, name) => {
    const { error } = policySchema.safeParse(policy)
    expect(error?.issues.map(({ message, path }) => `${path.join('.')} ${message}`).join()).toContain(name)
  })

  it.each([
    ['schemes', ['cenc', 'cenc']],
    ['systems', ['widevine', 'clearkey', 'widevine']],
  ])('names each of its %s once, in asset.json as in the API', (member, twice) => {
    const policy = { ...encrypted, [member]: twice }
    const { error } = policySchema.safeParse(policy)
    const [first] = twice
    const message = `expected each once, got ${first} again`
    expect(error?.issues).toEqual([expect.objectContaining({ path: [member], message })])
    expect(() => stated(policy, 'vod/twice')).toThrow(expect.objectContaining({ code: 'ASSET_PROTECTION' }))
  })

  it.each([null, undefined, {}, []])('is no policy where it is %j', (policy) => {
    expect(policySchema.safeParse(policy).success).toBe(false)
  })

  it('in asset.json is not null, which says nothing and must not mean clear', async () => {
    const text = JSON.stringify({ files: ['film.mp4'], protection: null })
    expect(() => readAssetJson(text, 'film')).toThrow(expect.objectContaining({ code: 'ASSET_JSON' }))
    expect(() => stated(null, 'vod/null')).toThrow(expect.objectContaining({ code: 'ASSET_PROTECTION' }))
    expect(await policyStored('vod/null')).toBeUndefined()
  })
})
