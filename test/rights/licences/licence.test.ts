/** Licences over real stores: Clear Key whole, and the proxies against licence servers of the test's own. */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { cached } from '../../../lib/platform/cache.ts'
import { outbound } from '../../../lib/platform/http/outbound.ts'
import { logOf } from '../../../lib/platform/log.ts'
import {
  answerLicence,
  assetPeriods,
  cachedRanges,
  contentKey,
  duePeriods,
  keyOpener,
  type LicenceRequest,
  licenceProxy,
  retireKeys,
} from '../../../lib/rights/index.ts'
import type { LicenceServers } from '../../../lib/rights/licences/servers.ts'
import { kidOwners, licenceFacts } from '../../../lib/rights/licences/store.ts'
import { claimsOf } from '../../../lib/rights/licences/viewer-claims.ts'
import { policySchema } from '../../../lib/rights/protection/policy.ts'
import { mintPlaybackToken, type PlaybackClaims } from '../../../lib/rights/tokens/playback-token.ts'
import { revocationStore } from '../../../lib/rights/tokens/store.ts'
import { openRightsCloud, table } from '../cloud.ts'
import { everyByte, type LicenceServer, licenceOf, startLicenceServer } from './licence-server.ts'

const startMs = Date.UTC(2026, 0, 31, 12)
const hourMs = 3_600_000
const keyText = 'p'.repeat(64)
let cloud: Awaited<ReturnType<typeof openRightsCloud>>
let server: LicenceServer
beforeAll(async () => {
  cloud = await openRightsCloud()
  server = await startLicenceServer()
})
afterAll(async () => {
  await server.close()
  await cloud.close()
})

const policyOf = (more: object = {}) => {
  const systems = ['clearkey', 'widevine', 'playready', 'fairplay']
  const policy = policySchema.parse({ mode: 'encrypted', schemes: ['cenc', 'cbcs'], systems, ...more })
  if (policy.mode === 'none') throw new Error('expected encryption')
  return policy
}

/** A licence function of its own, whose clock and surroundings a test sets. */
function house(
  set: { servers?: LicenceServers; tooMany?: boolean; country?: string; timeoutMs?: number } = {},
) {
  const clock = { nowMs: startMs }
  const now = () => clock.nowMs
  const rights = cloud.ports(now)
  const store = cachedRanges(rights.keyStore, now)
  const lines: string[] = []
  const ports = {
    ...rights,
    opener: keyOpener({ keyStore: rights.keyStore, now }),
    keyStore: store.keyStore,
    facts: licenceFacts({ table, tables: cloud.tables, now, learned: store.forget }),
    owners: kidOwners({ table, tables: cloud.tables }),
    keyTexts: () => Promise.resolve([keyText]),
    servers: () => Promise.resolve(set.servers ?? {}),
    proxy: licenceProxy({
      send: outbound({ allowLoopback: true }),
      now,
      allowLoopback: true,
      timeoutMs: set.timeoutMs ?? 8000,
    }),
    hasTooManyStreams: () => Promise.resolve(set.tooMany ?? false),
    frontSecrets: () => Promise.resolve(['front-now', 'front-before']),
    log: logOf({}, (line) => lines.push(line)),
  }
  const token = (claims: Partial<PlaybackClaims> = {}) =>
    mintPlaybackToken(keyText, {
      tokenId: 'id-1',
      account: 'account-1',
      content: 'vod/film',
      level: 'clearkey',
      issuedEpochSeconds: clock.nowMs / 1000 - 60,
      expiresEpochSeconds: clock.nowMs / 1000 + 3600,
      ...claims,
    })
  const post = async (
    request: Partial<LicenceRequest> & { readonly claims?: Partial<PlaybackClaims> } = {},
  ) => {
    const { claims, headers = {}, body = Buffer.from('{}'), ...more } = request
    const answer = await answerLicence(ports, {
      method: 'POST',
      path: '/licence/clearkey',
      requestId: 'r',
      ...more,
      headers: {
        authorization: `Bearer ${await token(claims)}`,
        ...(set.country !== undefined && {
          'x-headend-front': 'front-before',
          'cloudfront-viewer-country': set.country,
        }),
        ...headers,
      },
      body,
    })
    return { ...answer, text: Buffer.from(answer.body).toString() }
  }
  const clearKey = (kids: readonly string[], more: Parameters<typeof post>[0] = {}) =>
    post({ body: Buffer.from(JSON.stringify({ kids: kids.map(base64url), type: 'temporary' })), ...more })
  return { ports, clock, lines, token, post, clearKey }
}

const base64url = (hex: string): string => Buffer.from(hex, 'hex').toString('base64url')
const codeOf = (text: string): unknown => (JSON.parse(text) as { error: { code: unknown } }).error.code
const jwks = (text: string) =>
  JSON.parse(text) as { keys: { kty: string; kid: string; k: string }[]; type: string }

/** A content with keys; gives the keys of its first period. */
async function protect(contentId: string, more: object = {}, seconds = 60) {
  const ports = cloud.ports(() => startMs)
  const policy = policyOf(more)
  await ports.protection.putPolicy(contentId, policy)
  const periods = contentId.startsWith('live/')
    ? await duePeriods(ports, contentId, policy)
    : await assetPeriods(ports, contentId, { policy, commonMs: seconds * 1000 })
  return { policy, periods, keys: periods[0]?.keys ?? [] }
}

let filmKids: readonly string[]
beforeEach(async () => {
  filmKids = (await protect('vod/film', { keys: 'perType' })).keys.map(({ kid }) => kid)
})

describe('a Clear Key licence', () => {
  it('is a JWK set of the key asked for and those of the other tracks (EME 9.1.4)', async () => {
    const { ports, clearKey } = house()
    const { status, headers, text } = await clearKey(filmKids.slice(0, 1))
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([
      200,
      'application/json',
      'no-store',
    ])
    const keys = await Promise.all(
      filmKids.map(async (kid) => {
        const record = await ports.keyStore.find({ contentId: 'vod/film', period: 0, label: 'ALL', kid })
        if (!record) throw new Error('expected a key')
        return {
          kty: 'oct',
          kid: base64url(kid),
          k: Buffer.from(await ports.keyStore.unwrap(record)).toString('base64url'),
        }
      }),
    )
    expect(jwks(text)).toEqual({ keys: expect.arrayContaining(keys), type: 'temporary' })
    expect(jwks(text).keys).toHaveLength(4)
    for (const { kid, k } of jwks(text).keys) expect([kid.length, k.length]).toEqual([22, 22])
  })

  it('is given for kids in any base64, twice named, and without a type', async () => {
    const { post } = house()
    const [kid = ''] = filmKids
    const forms = [base64url(kid), Buffer.from(kid, 'hex').toString('base64')]
    const { status, text } = await post({ body: Buffer.from(JSON.stringify({ kids: forms })) })
    expect([status, jwks(text).keys.length]).toEqual([200, 4])
  })

  it('holds the known keys of a request that names others, too', async () => {
    const { clearKey } = house()
    const { status, text } = await clearKey([filmKids[0] ?? '', 'f'.repeat(32)])
    expect([status, jwks(text).keys.length]).toEqual([200, 4])
  })

  it('is had by a token in the query, for players that set no header', async () => {
    const { post, token } = house()
    const body = Buffer.from(JSON.stringify({ kids: filmKids.map(base64url) }))
    expect(
      (await post({ headers: { authorization: '' }, query: `token=${await token()}`, body })).status,
    ).toBe(200)
  })

  it.each<[string, string | Uint8Array, number, string]>([
    ['of nothing', '', 400, 'LICENCE_REQUEST'],
    ['of no JSON', '{', 400, 'LICENCE_REQUEST'],
    ['of a list', '[]', 400, 'LICENCE_REQUEST'],
    ['without kids', '{"kids":[]}', 400, 'LICENCE_REQUEST'],
    ['with kids of no text', '{"kids":[1]}', 400, 'LICENCE_REQUEST'],
    ['with a short kid', '{"kids":["AAAA"]}', 400, 'LICENCE_REQUEST'],
    ['with a kid in hex', `{"kids":["${'0'.repeat(32)}"]}`, 400, 'LICENCE_REQUEST'],
    [
      'with 65 kids',
      JSON.stringify({ kids: Array.from({ length: 65 }, () => 'A'.repeat(22)) }),
      400,
      'LICENCE_REQUEST',
    ],
    ['in Latin-1', Buffer.from([0x7b, 0xe4]), 400, 'LICENCE_REQUEST'],
    ['to be stored', '{"kids":["AAAAAAAAAAAAAAAAAAAAAA"],"type":"persistent-license"}', 403, 'LICENCE_TYPE'],
    ['of more than 64 KiB', Buffer.alloc(65 * 1024), 413, 'LICENCE_REQUEST_TOO_LARGE'],
    ['for a key nobody made', '{"kids":["AAAAAAAAAAAAAAAAAAAAAA"]}', 403, 'LICENCE_CONTENT'],
  ])('request %s is refused', async (_, body, status, code) => {
    const { post } = house()
    const answer = await post({ body: Buffer.from(body) })
    expect([answer.status, codeOf(answer.text)]).toEqual([status, code])
    expect(answer.headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-store' })
  })

  it.each<[string, Partial<PlaybackClaims>, string]>([
    ['of another content', { content: 'vod/other' }, 'LICENCE_SYSTEM'],
    ['that has expired', { expiresEpochSeconds: startMs / 1000 }, 'LICENCE_EXPIRED'],
    ['of another country', { regions: ['FR'] }, 'LICENCE_REGION'],
    ['that wants a DRM', { level: 'hardware' }, 'LICENCE_LEVEL'],
  ])('is refused to a token %s, with a code', async (_, claims, code) => {
    const answer = await house({ country: 'DE' }).clearKey(filmKids, { claims })
    expect([answer.status, codeOf(answer.text)]).toEqual([403, code])
  })

  it('is refused to a token of another protected content', async () => {
    await protect('vod/second')
    const answer = await house().clearKey(filmKids, { claims: { content: 'vod/second' } })
    expect([answer.status, codeOf(answer.text)]).toEqual([403, 'LICENCE_CONTENT'])
  })

  it('is given in the countries of a token, where a front says where the viewer is', async () => {
    const claims = { regions: ['DE', 'AT'] }
    expect((await house({ country: 'AT' }).clearKey(filmKids, { claims })).status).toBe(200)
    // Nobody in front, or somebody else: what a player says of itself counts for nothing.
    for (const shown of [{}, { 'x-headend-front': 'front' }, { 'x-headend-front': '' }]) {
      const headers = { ...shown, 'cloudfront-viewer-country': 'AT' }
      expect((await house().clearKey(filmKids, { claims, headers })).status).toBe(403)
    }
  })

  it.each([
    ['in another country, as a believed front says', 'known', { country: 'FR' }, {}],
    ['by itself, past every front', 'none', {}, {}],
    ['from a front that is not believed', 'unknown', {}, { 'x-headend-front': 'front-long-ago' }],
  ])('says in the log why a token of regions was refused to who asks %s', async (_, front, set, headers) => {
    const { clearKey, lines } = house(set)
    await clearKey(filmKids, { claims: { regions: ['DE'] }, headers })
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ message: 'licence refused', code: 'LICENCE_REGION', front }),
    ])
  })

  it('is refused to who plays on too many devices', async () => {
    expect(codeOf((await house({ tooMany: true }).clearKey(filmKids)).text)).toBe('LICENCE_STREAMS')
  })

  it('is refused without a token, and to a forged one', async () => {
    const { post } = house()
    const none = await post({ headers: { authorization: '' } })
    expect([none.status, codeOf(none.text), none.headers['www-authenticate']]).toEqual([
      401,
      'TOKEN_MISSING',
      'Bearer error="invalid_request"',
    ])
    const forged = await post({ headers: { authorization: 'Bearer a.b.c' } })
    expect([forged.status, codeOf(forged.text)]).toEqual([401, 'TOKEN_INVALID'])
  })

  it('is refused to a token taken back, and to an account, for what it was given until then', async () => {
    const { clearKey, clock } = house()
    const revocations = revocationStore({ table, tables: cloud.tables })
    await revocations.revokeToken('lost', clock.nowMs)
    expect(codeOf((await clearKey(filmKids, { claims: { tokenId: 'lost' } })).text)).toBe('LICENCE_REVOKED')
    await revocations.revokeAccount('thief', clock.nowMs)
    expect(codeOf((await clearKey(filmKids, { claims: { account: 'thief' } })).text)).toBe('LICENCE_REVOKED')
    const since = { account: 'thief', issuedEpochSeconds: clock.nowMs / 1000 + 1 }
    expect((await clearKey(filmKids, { claims: since })).status).toBe(200)
    expect((await clearKey(filmKids)).status).toBe(200)
  })

  it('says in the log who was given what, and no key', async () => {
    const { clearKey, lines } = house()
    const { text } = await clearKey(filmKids)
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        message: 'licence given',
        account: 'account-1',
        content: 'vod/film',
        tokenId: 'id-1',
      }),
    ])
    for (const { k } of jwks(text).keys) {
      expect(lines.join('')).not.toContain(k)
      expect(lines.join('')).not.toContain(Buffer.from(k, 'base64url').toString('hex'))
    }
  })
})

describe('one key by its URL', () => {
  it('is 16 bytes', async () => {
    const { post, clearKey } = house()
    const [kid = ''] = filmKids
    const { status, headers, body } = await post({ method: 'GET', path: `/licence/clearkey/${kid}` })
    expect([status, headers['content-type']]).toEqual([200, 'application/octet-stream'])
    const key = jwks((await clearKey([kid])).text).keys.find((one) => one.kid === base64url(kid))
    expect(Buffer.from(body).toString('base64url')).toBe(key?.k)
  })

  it.each([
    ['0'.repeat(32), 403],
    ['nothing', 404],
  ])('%s is refused', async (kid, status) => {
    expect((await house().post({ method: 'GET', path: `/licence/clearkey/${kid}` })).status).toBe(status)
  })
})

describe('a token for a presentation', () => {
  const claims = { content: 'presentations/one', contents: ['vod/film', 'vod/second'] }
  let second: readonly string[]
  let foreign: readonly string[]
  beforeEach(async () => {
    second = (await protect('vod/second')).keys.map(({ kid }) => kid)
    foreign = (await protect('vod/foreign')).keys.map(({ kid }) => kid)
  })
  const all = (kids: readonly string[]) => kids.map(base64url).toSorted()
  const given = (text: string) =>
    jwks(text)
      .keys.map(({ kid }) => kid)
      .toSorted()

  it('opens the keys of each content it lists, one by one and together', async () => {
    const { clearKey } = house()
    expect(given((await clearKey(filmKids.slice(0, 1), { claims })).text)).toEqual(all(filmKids))
    expect(given((await clearKey(second, { claims })).text)).toEqual(all(second))
    expect(given((await clearKey([...filmKids, ...second], { claims })).text)).toEqual(
      all([...filmKids, ...second]),
    )
  })

  it('opens no key of another content, alone or among its own', async () => {
    const { clearKey, post } = house()
    const alone = await clearKey(foreign, { claims })
    expect([alone.status, codeOf(alone.text)]).toEqual([403, 'LICENCE_CONTENT'])
    expect(given((await clearKey([...second, ...foreign], { claims })).text)).toEqual(all(second))
    const path = (kid = '') => ({ method: 'GET', path: `/licence/clearkey/${kid}`, claims })
    expect((await post(path(second[0]))).status).toBe(200)
    expect((await post(path(foreign[0]))).status).toBe(403)
  })

  it('judges each key by the policy of its own content', async () => {
    const strict = (await protect('vod/strict', { systems: ['widevine'] })).keys.map(({ kid }) => kid)
    const { clearKey } = house()
    const both = { ...claims, contents: ['vod/strict', 'vod/second'] }
    const alone = await clearKey(strict, { claims: both })
    expect([alone.status, codeOf(alone.text)]).toEqual([403, 'LICENCE_SYSTEM'])
    expect(given((await clearKey([...strict, ...second], { claims: both })).text)).toEqual(all(second))
  })

  it('without a list opens nothing', async () => {
    const { clearKey } = house()
    const answer = await clearKey(second, { claims: { content: 'presentations/one' } })
    expect([answer.status, codeOf(answer.text)]).toEqual([403, 'LICENCE_SYSTEM'])
  })

  it('may be taken back, run out and be bound to places as any other', async () => {
    const { clearKey, clock } = house()
    await revocationStore({ table, tables: cloud.tables }).revokeToken('lost-one', clock.nowMs)
    const codes = [
      await clearKey(second, { claims: { ...claims, tokenId: 'lost-one' } }),
      await clearKey(second, { claims: { ...claims, expiresEpochSeconds: clock.nowMs / 1000 - 1 } }),
      await clearKey(second, { claims: { ...claims, regions: ['FR'] } }),
    ].map(({ text }) => codeOf(text))
    expect(codes).toEqual(['LICENCE_REVOKED', 'LICENCE_EXPIRED', 'LICENCE_REGION'])
  })

  it('has the licence server told of the content a key is of, and asks it for one content at a time', async () => {
    const servers = { widevine: { url: `${server.url}/widevine`, headers: {} } }
    const { post } = house({ servers })
    const challenge = (...kids: readonly string[]) =>
      post({
        path: '/licence/widevine',
        body: widevineChallenge(...kids),
        claims: { ...claims, level: 'software' },
      })
    expect((await challenge(second[0] ?? '')).status).toBe(200)
    expect(server.received.at(-1)?.headers['x-headend-content']).toBe('vod/second')
    const refusals = [
      await challenge(foreign[0] ?? ''),
      await challenge(second[0] ?? '', foreign[0] ?? ''),
      await challenge(second[0] ?? '', filmKids[0] ?? ''),
    ].map(({ text }) => codeOf(text))
    expect(refusals).toEqual(['LICENCE_CONTENT', 'LICENCE_KEY', 'LICENCE_KEY'])
  })

  it('gets a certificate where any of its contents is of that system', async () => {
    await protect('vod/own', { systems: ['clearkey'] })
    const { post } = house({ servers: { widevine: { url: `${server.url}/widevine`, headers: {} } } })
    const certificate = (contents: readonly string[]) =>
      post({ path: '/licence/widevine', body: Buffer.from([0x08, 0x04]), claims: { ...claims, contents } })
    expect((await certificate(['vod/own', 'vod/second'])).status).toBe(200)
    expect(codeOf((await certificate(['vod/own'])).text)).toBe('LICENCE_SYSTEM')
  })

  it('is refused a request for more keys than can be looked up', async () => {
    const contents = Array.from({ length: 64 }, (_, i) => `vod/f${i}`)
    const kids = Array.from({ length: 17 }, (_, i) => i.toString(16).padStart(32, '0'))
    const answer = await house().clearKey(kids, { claims: { ...claims, contents } })
    expect([answer.status, codeOf(answer.text)]).toEqual([400, 'LICENCE_CHALLENGE'])
  })
})

describe('licences of content whose keys rotate', () => {
  it('hold the periods that come next, and no more however often they are asked for', async () => {
    const { periods } = await protect('live/one', { rotationSeconds: 3600 })
    const { clearKey, clock } = house()
    const kid = periods[0]?.keys[0]?.kid ?? ''
    const claims = { content: 'live/one' }
    const first = await clearKey([kid], { claims })
    expect(jwks(first.text).keys).toHaveLength(6)
    // Whoever asks for the last of them is not led further.
    const last = Buffer.from(jwks(first.text).keys.at(-1)?.kid ?? '', 'base64url').toString('hex')
    expect(jwks((await clearKey([last], { claims })).text).keys).toHaveLength(1)
    clock.nowMs += hourMs
    const second = Buffer.from(jwks(first.text).keys[1]?.kid ?? '', 'base64url').toString('hex')
    const later = { ...claims, issuedEpochSeconds: clock.nowMs / 1000 }
    expect(jwks((await clearKey([second], { claims: later })).text).keys).toHaveLength(6)
  })

  it('for a programme are those of its time, whichever is asked for and however often', async () => {
    const { policy } = await protect('live/programme', { rotationSeconds: 3600 })
    const { clearKey, clock, ports, post } = house()
    for (let hour = 0; hour < 8; hour++) {
      clock.nowMs = startMs + hour * hourMs
      await duePeriods(ports, 'live/programme', policy)
    }
    const times = { issuedEpochSeconds: clock.nowMs / 1000, expiresEpochSeconds: 2e9 }
    const whole = { content: 'live/programme', ...times }
    const label = { contentId: 'live/programme', label: 'ALL' }
    const all = (await ports.keyStore.range(label, 0, 9)).map(({ kid }) => kid)
    const second = startMs / 1000 + 2 * 3600
    const claims = {
      ...whole,
      content: 'presentations/tonight',
      contents: ['vod/film', 'live/programme'],
      spans: { 'live/programme': [[second + 600, second + 4000] as const] },
    }
    const [own, foreign] = [all.slice(2, 4), [...all.slice(0, 2), ...all.slice(4)]]
    const given = async (kids: readonly string[]) =>
      jwks((await clearKey(kids, { claims })).text).keys.map(({ kid }) =>
        Buffer.from(kid, 'base64url').toString('hex'),
      )
    for (const kid of own) expect((await given([kid])).every((one) => own.includes(one))).toBe(true)
    expect((await given(all)).toSorted()).toEqual(own.toSorted())
    for (const kid of foreign) {
      expect(codeOf((await clearKey([kid], { claims })).text)).toBe('LICENCE_PERIOD')
      const bare = await post({ method: 'GET', path: `/licence/clearkey/${kid}`, claims })
      expect([bare.status, codeOf(bare.text)]).toEqual([403, 'LICENCE_PERIOD'])
      expect((await clearKey([kid], { claims: whole })).status).toBe(200)
    }
    // Beside it the film it shows is open.
    expect((await clearKey(filmKids.slice(0, 1), { claims })).status).toBe(200)
  })

  it('say when to come back: well before the last key ends, and each player another time', async () => {
    const { periods } = await protect('live/two', { rotationSeconds: 3600 })
    const kid = periods[0]?.keys[0]?.kid ?? ''
    const { clearKey } = house()
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => clearKey([kid], { claims: { content: 'live/two' } })),
    )
    const seconds = answers.map(({ headers }) => Number(headers['headend-renew-after']))
    expect(Math.min(...seconds)).toBeGreaterThanOrEqual(3 * 3600)
    expect(Math.max(...seconds)).toBeLessThanOrEqual(0.9 * 6 * 3600)
    expect(new Set(seconds).size).toBeGreaterThan(20)
  })

  it('are given for two days after a period is over, and no longer', async () => {
    const { periods, policy } = await protect('live/old', { rotationSeconds: 3600 })
    const kid = periods[0]?.keys[0]?.kid ?? ''
    const { clearKey, clock, ports } = house()
    const ask = () =>
      clearKey([kid], {
        claims: { content: 'live/old', issuedEpochSeconds: clock.nowMs / 1000, expiresEpochSeconds: 2e9 },
      })
    clock.nowMs = startMs + 48 * hourMs
    await duePeriods(ports, 'live/old', policy)
    expect((await ask()).status).toBe(200)
    clock.nowMs = startMs + 49 * hourMs
    expect(codeOf((await ask()).text)).toBe('LICENCE_PERIOD')
  })

  it('are given for what is held as long as it is, to tokens for that and no others', async () => {
    const { periods, policy } = await protect('live/kept', { rotationSeconds: 3600 })
    const { clearKey, clock, ports } = house()
    await duePeriods(ports, 'live/kept', policy)
    const kid = periods[0]?.keys[0]?.kid ?? ''
    const second = startMs / 1000
    const claims = {
      content: 'presentations/film',
      contents: ['live/kept'],
      spans: { 'live/kept': [[second + 60, second + 600] as const] },
      issuedEpochSeconds: second,
      expiresEpochSeconds: 2e9,
    }
    const hold = { id: 'film', fromMs: startMs + 60_000, toMs: startMs + 600_000 }
    const untilMs = startMs + 31 * 24 * hourMs
    clock.nowMs = startMs + 30 * 24 * hourMs
    const asked = async (more: Partial<PlaybackClaims> = {}) => {
      const { status, text } = await clearKey([kid], { claims: { ...claims, ...more } })
      return status === 200 ? 'given' : codeOf(text)
    }
    expect(await asked()).toBe('LICENCE_PERIOD')
    await ports.holds.put('live/kept', { ...hold, untilMs })
    expect(await asked()).toBe('given')
    // Of the channel, and of another part of it.
    expect(
      codeOf(
        (
          await clearKey([kid], {
            claims: {
              content: 'live/kept',
              issuedEpochSeconds: second,
              expiresEpochSeconds: 2e9,
            },
          })
        ).text,
      ),
    ).toBe('LICENCE_PERIOD')
    expect(await asked({ spans: { 'live/kept': [[second + 7200, second + 8000]] } })).toBe('LICENCE_PERIOD')
    clock.nowMs = untilMs
    expect(await asked()).toBe('LICENCE_PERIOD')
    await ports.holds.put('live/kept', { ...hold, untilMs: untilMs + hourMs })
    expect(await asked()).toBe('given')
    await ports.holds.remove('live/kept', hold)
    expect(await asked()).toBe('LICENCE_PERIOD')
  })

  it('of a film whose keys change in band hold sixty more: its players ask once', async () => {
    const { periods } = await protect(
      'vod/in-band',
      { rotationSeconds: 12, rotationSignalling: 'inBand' },
      900,
    )
    const answer = await house().clearKey([periods[0]?.keys[0]?.kid ?? ''], {
      claims: { content: 'vod/in-band' },
    })
    expect(jwks(answer.text).keys.map(({ kid }) => Buffer.from(kid, 'base64url').toString('hex'))).toEqual(
      periods.slice(0, 61).map(({ keys }) => keys[0]?.kid),
    )
  })

  it('of a film hold what was asked for alone where the browser would lose the rest', async () => {
    const { periods } = await protect('vod/firefox', { rotationSeconds: 12 })
    const asked = periods.slice(0, 2).map(({ keys }) => keys[0]?.kid ?? '')
    const answer = await house().clearKey(asked, {
      claims: { content: 'vod/firefox' },
      headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' },
    })
    expect(
      jwks(answer.text)
        .keys.map(({ kid }) => Buffer.from(kid, 'base64url').toString('hex'))
        .toSorted(),
    ).toEqual(asked.toSorted())
  })

  it('of a film hold all that follows at once, up to five periods ahead', async () => {
    const { periods } = await protect('vod/rotating', { rotationSeconds: 12 })
    expect(periods).toHaveLength(5)
    const answer = await house().clearKey([periods[1]?.keys[0]?.kid ?? ''], {
      claims: { content: 'vod/rotating' },
    })
    expect(jwks(answer.text).keys.map(({ kid }) => Buffer.from(kid, 'base64url').toString('hex'))).toEqual(
      periods.slice(1).map(({ keys }) => keys[0]?.kid),
    )
    expect(answer.headers).not.toHaveProperty('headend-renew-after')
  })

  it('never hold the key that follows a retired one for who had the retired one alone', async () => {
    const { periods, policy } = await protect('live/leaked', { rotationSeconds: 3600 })
    const { ports, clearKey } = house()
    const claims = { content: 'live/leaked' }
    const before = jwks((await clearKey([periods[0]?.keys[0]?.kid ?? ''], { claims })).text).keys
    await retireKeys(ports, 'live/leaked', { policy })
    const [now] = await duePeriods(ports, 'live/leaked', policy)
    expect(before.map(({ kid }) => kid)).not.toContain(base64url(now?.keys[0]?.kid ?? ''))
  })

  it('are given for keys an outside packager asked for under the content', async () => {
    await protect('vod/outside')
    const { ports, clearKey } = house()
    const kid = 'ab'.repeat(16)
    await contentKey(ports, { contentId: 'vod/outside', period: 9, label: 'HD1', kid })
    const { text } = await clearKey([kid], { claims: { content: 'vod/outside' } })
    expect(jwks(text).keys.map((one) => one.kid)).toEqual([base64url(kid)])
  })
})

/** A field of protobuf with a length. */
const field = (number: number, value: Uint8Array): Buffer => {
  const size = value.length < 128 ? [value.length] : [(value.length & 0x7f) | 0x80, value.length >> 7]
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...size]), value])
}

/** SignedMessage(LICENSE_REQUEST) with the kid in its pssh data, and every byte behind it. */
const widevineChallenge = (...kids: readonly string[]): Buffer => {
  const psshData = Buffer.concat(kids.map((kid) => field(2, Buffer.from(kid, 'hex'))))
  const request = Buffer.concat([field(2, field(1, field(1, psshData))), field(9, everyByte)])
  return Buffer.concat([Buffer.from([0x08, 0x01]), field(2, request), field(3, everyByte)])
}

/** PlayReady's SOAP with the header of the content in it. */
const playReadyChallenge = (kid: string): Buffer => {
  const bytes = Buffer.from(kid, 'hex')
  const guid = Buffer.concat([
    bytes.subarray(0, 4).toReversed(),
    bytes.subarray(4, 6).toReversed(),
    bytes.subarray(6, 8).toReversed(),
    bytes.subarray(8),
  ])
  return Buffer.from(
    '<?xml version="1.0" encoding="utf-8"?><soap:Envelope><soap:Body><AcquireLicense><challenge><LA>' +
      '<ContentHeader><WRMHEADER xmlns="http://schemas.microsoft.com/DRM/2007/03/PlayReadyHeader" version="4.0.0.0">' +
      `<DATA><PROTECTINFO><KEYLEN>16</KEYLEN><ALGID>AESCTR</ALGID></PROTECTINFO><KID>${guid.toString('base64')}</KID>` +
      '</DATA></WRMHEADER></ContentHeader></LA></challenge></AcquireLicense></soap:Body></soap:Envelope>',
  )
}

const soapAction = '"http://schemas.microsoft.com/DRM/2007/03/protocols/AcquireLicense"'
const fairPlayChallenge = (kid: string): Buffer =>
  Buffer.from(
    new URLSearchParams({ spc: everyByte.toString('base64'), assetId: `vod/film?kid=${kid}` }).toString(),
  )

describe.each([
  {
    system: 'widevine',
    challenge: widevineChallenge,
    sent: { 'content-type': 'application/octet-stream' },
  },
  {
    system: 'playready',
    challenge: playReadyChallenge,
    sent: { 'content-type': 'text/xml; charset=utf-8', soapaction: soapAction },
  },
  {
    system: 'fairplay',
    challenge: fairPlayChallenge,
    sent: { 'content-type': 'application/x-www-form-urlencoded' },
  },
] as const)('a licence of $system', ({ system, challenge, sent }) => {
  const servers = (path = `/${system}`) => ({
    [system]: { url: `${server.url}${path}`, headers: { 'x-customer': 'secret-credential' } },
  })
  const path = `/licence/${system}`
  beforeEach(() => server.behave('well'))

  it('is what its server answers, byte for byte, and the challenge is what the player sent', async () => {
    const { post, lines } = house({ servers: servers() })
    const body = challenge(filmKids[0] ?? '')
    const answer = await post({ path, body, headers: sent })
    expect(answer.status).toBe(200)
    expect(Buffer.compare(answer.body, licenceOf(`/${system}`))).toBe(0)
    const received = server.received.at(-1)
    expect(Buffer.compare(received?.body ?? Buffer.alloc(0), body)).toBe(0)
    expect(received?.headers).toMatchObject({
      ...sent,
      'x-customer': 'secret-credential',
      'x-headend-account': 'account-1',
      'x-headend-content': 'vod/film',
      'x-headend-drm-level': 'clearkey',
    })
    // Ours stays here, and theirs is not written down.
    expect(received?.headers).not.toHaveProperty('authorization')
    expect(lines.join('')).not.toContain('secret-credential')
  })

  it('is refused before anybody is asked, for a key of another content', async () => {
    await protect('vod/second')
    const { post } = house({ servers: servers() })
    const count = server.received.length
    const answer = await post({
      path,
      body: challenge(filmKids[0] ?? ''),
      headers: sent,
      claims: { content: 'vod/second' },
    })
    expect([answer.status, codeOf(answer.text)]).toEqual([403, 'LICENCE_CONTENT'])
    expect(server.received).toHaveLength(count)
  })

  it('comes with the status its server chose', async () => {
    const { post } = house({ servers: servers('/refuses') })
    const answer = await post({ path, body: challenge(filmKids[0] ?? ''), headers: sent })
    expect(answer.status).toBe(500)
    expect(Buffer.compare(answer.body, licenceOf('/refuses'))).toBe(0)
  })

  it('is asked of nobody where no server is set up', async () => {
    const answer = await house().post({ path, body: challenge(filmKids[0] ?? ''), headers: sent })
    expect([answer.status, codeOf(answer.text)]).toEqual([404, 'LICENCE_SERVER_NONE'])
  })

  it.each([
    ['redirect', 502, 'LICENCE_SERVER_REDIRECT'],
    ['huge', 502, 'LICENCE_SERVER_LARGE'],
    ['silent', 504, 'LICENCE_SERVER_FAILED'],
  ] as const)('of a server that is %s fails with a code', async (how, status, code) => {
    server.behave(how)
    const { post } = house({ servers: servers(), ...(how === 'silent' && { timeoutMs: 50 }) })
    const answer = await post({ path, body: challenge(filmKids[0] ?? ''), headers: sent })
    expect([answer.status, codeOf(answer.text)]).toEqual([status, code])
    expect(answer.text).not.toContain(server.url)
  })

  it('is not asked for while its server fails again and again, and is asked for again later', async () => {
    server.behave('broken')
    const { post, clock } = house({ servers: servers() })
    const ask = () => post({ path, body: challenge(filmKids[0] ?? ''), headers: sent })
    for (let turn = 0; turn < 5; turn++) expect((await ask()).status).toBe(503)
    const count = server.received.length
    expect(codeOf((await ask()).text)).toBe('LICENCE_SERVER_DOWN')
    expect(server.received).toHaveLength(count)
    // One finds out, and finds it broken still; the next finds it well.
    clock.nowMs += 10_000
    await ask()
    expect(server.received).toHaveLength(count + 1)
    expect(codeOf((await ask()).text)).toBe('LICENCE_SERVER_DOWN')
    server.behave('well')
    clock.nowMs += 10_000
    expect((await ask()).status).toBe(200)
    expect((await ask()).status).toBe(200)
  })
})

it('a request for the service certificate names no key and is passed on, which a broken challenge is not', async () => {
  server.behave('well')
  const { post } = house({ servers: { widevine: { url: `${server.url}/widevine`, headers: {} } } })
  const answer = await post({ path: '/licence/widevine', body: Buffer.from([0x08, 0x04]) })
  expect(answer.status).toBe(200)
  expect(server.received.at(-1)?.headers['x-headend-content']).toBe('vod/film')
  const count = server.received.length
  const broken = await post({ path: '/licence/widevine', body: Buffer.from([0x08, 0x01, 0x12, 0x05]) })
  expect([broken.status, codeOf(broken.text)]).toEqual([400, 'LICENCE_CHALLENGE'])
  expect(server.received).toHaveLength(count)
})

it('an answer of a licence server is no page of the console, whose origin it stands under', async () => {
  server.behave('well')
  const noPage = {
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
  }
  const { post } = house({ servers: { widevine: { url: `${server.url}/page`, headers: {} } } })
  const answer = await post({ path: '/licence/widevine', body: Buffer.from([0x08, 0x04]) })
  expect(answer.status).toBe(200)
  expect(Buffer.compare(answer.body, licenceOf('/page'))).toBe(0)
  expect(answer.headers).toMatchObject({ ...noPage, 'content-type': 'application/octet-stream' })
  expect((await post({ path: '/licence/<script>' })).headers).toMatchObject(noPage)
})

describe('the keys that tokens are verified with', () => {
  it('are read again for a token they do not verify, but for many such tokens twice a minute at most', async () => {
    const { ports, clock, token } = house()
    let text = 'o'.repeat(64)
    let reads = 0
    const keyTexts = cached(300_000, ports.now, () => {
      reads++
      return Promise.resolve([text])
    })
    const claims = async (sent: string) =>
      claimsOf({ keyTexts }, { headers: { authorization: `Bearer ${sent}` } })
    const good = await token()
    for (let second = 0; second < 30; second++) {
      await expect(claims(good)).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
      clock.nowMs += 1000
    }
    expect(reads).toBe(1)
    // The key was changed meanwhile, and is asked for now.
    text = keyText
    await expect(claims(good)).resolves.toMatchObject({ content: 'vod/film' })
    expect(reads).toBe(2)
    for (let second = 0; second < 29; second++) {
      await expect(claims('a.b.c')).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
      clock.nowMs += 1000
    }
    expect(reads).toBe(2)
  })

  it('verify one token: two in the query are refused', async () => {
    const { post, token } = house()
    const query = `token=${await token()}&token=${await token({ content: 'vod/other' })}`
    const answer = await post({ headers: { authorization: '' }, query })
    expect([answer.status, codeOf(answer.text)]).toEqual([400, 'TOKEN_TWICE'])
  })
})

it('a server by plain http is asked on this machine alone, and only where that is allowed', async () => {
  const proxy = licenceProxy({ send: outbound(), now: () => 0 })
  const request = { system: 'widevine', headers: {}, body: new Uint8Array(), facts: {} } as const
  for (const url of [server.url, 'http://example.com/', 'https://user:password@example.com/'])
    await expect(proxy({ ...request, server: { url, headers: {} } })).rejects.toMatchObject({
      code: 'LICENCE_SERVER_URL',
    })
})

describe("FairPlay's certificate", () => {
  const certificate = everyByte.toString('base64')
  const ask = (servers: LicenceServers) =>
    house({ servers }).post({
      method: 'GET',
      path: '/licence/fairplay/certificate',
      headers: { authorization: '' },
    })

  it('is given to anybody, byte for byte', async () => {
    const { status, headers, body } = await ask({ fairplay: { url: server.url, headers: {}, certificate } })
    expect([status, headers['content-type']]).toEqual([200, 'application/octet-stream'])
    expect(Buffer.compare(body, everyByte)).toBe(0)
  })

  it('is not there where none is set up', async () => {
    expect(codeOf((await ask({})).text)).toBe('LICENCE_CERTIFICATE')
  })
})

it.each([
  ['POST', '/licence/clearkey/x'],
  ['POST', '/licence/marlin'],
  ['POST', '/licence'],
  ['GET', '/licence/clearkey'],
  ['GET', '/licence/widevine/certificate'],
  ['GET', '/licence/clearkey/a/b'],
])('%s %s is no route', async (method, path) => {
  const answer = await house().post({ method, path })
  expect([answer.status, codeOf(answer.text)]).toEqual([404, 'ROUTE_NOT_FOUND'])
})
