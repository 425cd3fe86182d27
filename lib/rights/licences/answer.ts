/** Requests for licences, answered: whose token, which keys, whether they may be had, and the licence. */
import { HeadendError } from '../../errors.ts'
import type { Log } from '../../platform/log.ts'
import { someAtOnce } from '../../platform/some-at-once.ts'
import { keyLabels } from '../../timeline/key-label.ts'
import type { Kept } from '../kept.ts'
import { isLicensable, periodAt, periodEndMs } from '../keys/key-periods.ts'
import type { ContentKey, KeyOpener } from '../keys/open-key.ts'
import type { KeyShelf } from '../keys/store.ts'
import { type DrmSystem, drmSystems, type EncryptedPolicy } from '../protection/policy.ts'
import { type ProtectionRoom, periodsThrough } from '../protection/protect.ts'
import { refusalOf } from '../tokens/entitlement.ts'
import { type PlaybackClaims, readPlaybackToken } from '../tokens/playback-token.ts'
import { challengeKids } from './challenge-kids.ts'
import { mostKids, printClearKeyLicence, readClearKeyRequest } from './clear-key.ts'
import type { LicenceProxy } from './proxy.ts'
import { renewAfterSeconds } from './renewal.ts'
import type { LicenceServers, ProxiedSystem } from './servers.ts'
import type { KnownKid, LicenceFacts, ReadLicenceFacts } from './store.ts'
import { frontStanding, viewerCountry } from './viewer-country.ts'

/** A request; header names are lower case. */
export interface LicenceRequest {
  readonly method: string
  /** `/licence/clearkey`. */
  readonly path: string
  readonly headers: Readonly<Record<string, string | undefined>>
  /** The query's `token`, for players that can set no header. */
  readonly token?: string | undefined
  readonly body: Uint8Array
  readonly requestId: string
}

/** An answer in full. */
export interface LicenceAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** What giving licences takes. */
export interface LicenceRoom extends ProtectionRoom {
  readonly vault: KeyShelf
  readonly opener: KeyOpener
  readonly facts: ReadLicenceFacts
  readonly keyTexts: Kept<readonly string[]>
  readonly servers: Kept<LicenceServers>
  readonly proxy: LicenceProxy
  /** Whether an account plays as much as it may: known to whoever counts streams. */
  readonly hasTooManyStreams: (claims: PlaybackClaims) => Promise<boolean>
  /** What the distribution shows to be believed where a viewer is: now, and before it was changed. */
  readonly frontSecrets: Kept<readonly string[]>
  readonly log: Log
}

const longestBodyBytes = 64 * 1024
/** How many periods a licence reaches beyond those asked for, so that not all players come back at each. */
const periodsAhead = 5
/** Of a film whose keys change in band: its players ask for the first key, and never again. */
const periodsInBand = 60

/** How soon a refused token may make the signing keys be read again. */
const soonestMs = 30_000

const text = new TextEncoder()

/** Answers any request; every refusal is JSON with a code, and what is our fault is logged. */
export async function answerLicence(room: LicenceRoom, request: LicenceRequest): Promise<LicenceAnswer> {
  try {
    return await licence(room, request)
  } catch (error) {
    if (!(error instanceof HeadendError) || error.status >= 500)
      room.log.error('licence failed', error, { requestId: request.requestId })
    if (error instanceof HeadendError && error.status !== 500)
      return refusal(error.code, error.message, error.status)
    return refusal('INTERNAL_ERROR', 'this is our fault, and it was logged; try again', 500)
  }
}

async function licence(room: LicenceRoom, request: LicenceRequest): Promise<LicenceAnswer> {
  const [, name = '', part, ...more] = request.path.split('/').slice(1)
  const system = drmSystems.find((one) => one === name)
  if (system === undefined || more.length > 0) throw unknownPath(request)
  if (request.method === 'GET' && system === 'fairplay' && part === 'certificate') return certificate(room)
  if (request.method === 'GET' && system === 'clearkey' && part !== undefined)
    return bareKey(room, request, part)
  if (request.method !== 'POST' || part !== undefined) throw unknownPath(request)
  if (request.body.length > longestBodyBytes)
    throw new HeadendError(
      'LICENCE_REQUEST_TOO_LARGE',
      `licence request: expected at most ${longestBodyBytes} bytes, got ${request.body.length}`,
      { status: 413 },
    )
  return system === 'clearkey' ? clearKey(room, request) : proxied(room, request, system)
}

/** W3C's JSON, with the keys of the periods that come next. */
async function clearKey(room: LicenceRoom, request: LicenceRequest): Promise<LicenceAnswer> {
  const claims = await claimsOf(room, request)
  const entitled = await entitle(room, request, {
    claims,
    system: 'clearkey',
    kids: readClearKeyRequest(request.body),
  })
  const { keys, renewSeconds } = await keysOf(room, claims.content, entitled)
  logGiven(
    room,
    request,
    claims,
    'clearkey',
    keys.map(({ kid }) => kid),
  )
  return {
    status: 200,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      ...(renewSeconds !== undefined && { 'headend-renew-after': String(renewSeconds) }),
    },
    body: text.encode(printClearKeyLicence(keys)),
  }
}

/** 16 bytes, for players whose HLS names a key by its URL (`KEYFORMAT="identity"`). */
async function bareKey(room: LicenceRoom, request: LicenceRequest, kid: string): Promise<LicenceAnswer> {
  if (!/^[0-9a-f]{32}$/.test(kid)) throw unknownPath(request)
  const claims = await claimsOf(room, request)
  const { known } = await entitle(room, request, { claims, system: 'clearkey', kids: [kid] })
  const wanted = known.map(({ label, period }) => ({ label, from: period, to: period, kid }))
  const [found] = await opened(room, claims.content, wanted)
  if (!found) throw new HeadendError('KEY_UNKNOWN', `no key has the kid ${kid}`, { status: 404 })
  logGiven(room, request, claims, 'clearkey', [kid])
  return {
    status: 200,
    headers: { 'content-type': 'application/octet-stream', 'cache-control': 'no-store' },
    body: found.key,
  }
}

async function proxied(
  room: LicenceRoom,
  request: LicenceRequest,
  system: ProxiedSystem,
): Promise<LicenceAnswer> {
  const { headers, body } = request
  const claims = await claimsOf(room, request)
  const kids = challengeKids(system, body, headers['content-type']).slice(0, mostKids)
  const { policy } = await entitle(room, request, { claims, system, kids })
  const server = (await room.servers())[system]
  if (!server)
    throw new HeadendError('LICENCE_SERVER_NONE', `no licence server of ${system} is set up`, { status: 404 })
  const answer = await room.proxy({
    system,
    server,
    headers,
    body,
    facts: {
      'x-headend-account': claims.account,
      'x-headend-content': claims.content,
      'x-headend-drm-level': claims.level,
      'x-headend-hdcp': policy.hdcp,
      'x-headend-robustness': policy.robustness?.[system],
    },
  })
  logGiven(room, request, claims, system, kids, answer.status)
  return {
    status: answer.status,
    headers: { 'content-type': answer.contentType, 'cache-control': 'no-store' },
    body: answer.body,
  }
}

/** FairPlay's application certificate is public, and asked for before anybody has a token. */
async function certificate(room: LicenceRoom): Promise<LicenceAnswer> {
  const found = (await room.servers()).fairplay?.certificate
  if (found === undefined)
    throw new HeadendError('LICENCE_CERTIFICATE', 'no certificate of FairPlay is set up', { status: 404 })
  return {
    status: 200,
    headers: { 'content-type': 'application/octet-stream', 'cache-control': 'public, max-age=3600' },
    body: Buffer.from(found, 'base64'),
  }
}

async function claimsOf(room: LicenceRoom, { headers, token }: LicenceRequest): Promise<PlaybackClaims> {
  const sent = /^Bearer +([A-Za-z0-9._-]+) *$/i.exec(headers['authorization'] ?? '')?.[1] ?? token
  if (sent === undefined || sent === '')
    throw new HeadendError(
      'TOKEN_MISSING',
      'expected a playback token: a header Authorization: Bearer, or token in the query',
      { status: 401 },
    )
  const keyTexts = await room.keyTexts()
  try {
    return await readPlaybackToken(keyTexts, sent)
  } catch (error) {
    // The key may have been changed since; but not every bad token may make us ask for it.
    const fresh = await room.keyTexts(soonestMs)
    if (fresh === keyTexts) throw error
    return readPlaybackToken(fresh, sent)
  }
}

interface Entitled extends LicenceFacts {
  readonly policy: EncryptedPolicy
  /** Keys asked for that may be had. */
  readonly known: readonly KnownKid[]
}

async function entitle(
  room: LicenceRoom,
  { headers, requestId }: LicenceRequest,
  {
    claims,
    system,
    kids,
  }: { readonly claims: PlaybackClaims; readonly system: DrmSystem; readonly kids: readonly string[] },
): Promise<Entitled> {
  const facts = await room.facts(claims, kids)
  const nowMs = room.now()
  const { plan, policy } = facts
  const known = facts.kids.filter(({ period }) => !plan || isLicensable(plan, period, nowMs))
  const secrets = claims.regions && (await room.frontSecrets())
  const refused = refusalOf({
    claims,
    system,
    policy,
    // A challenge that names no key is the licence server's to judge, which is told the title.
    isItsContent: kids.length === 0 || facts.kids.length > 0,
    isInTime: kids.length === 0 || known.length > 0,
    country: secrets && viewerCountry(headers, secrets),
    isRevoked: facts.isRevoked,
    hasTooManyStreams: await room.hasTooManyStreams(claims),
    nowMs,
  })
  if (!refused && policy.mode === 'encrypted') return { ...facts, policy, known }
  const { code, message } = refused ?? { code: 'LICENCE_SYSTEM', message: 'this title has no licences' }
  room.log.info('licence refused', {
    requestId,
    account: claims.account,
    content: claims.content,
    system,
    code,
    // A viewer of another country is refused by right; if the distribution is not believed, all are.
    ...(secrets && { front: frontStanding(headers, secrets) }),
  })
  throw new HeadendError(code, message, { status: 403 })
}

/**
 * The keys asked for with those of the content's other tracks, and of the periods that follow; when to come back for
 * more. Who may see the title may hear it, and some players ask for the key of one track alone.
 */
async function keysOf(
  room: LicenceRoom,
  contentId: string,
  { plan, policy, known: asked }: Entitled,
): Promise<{ readonly keys: readonly ContentKey[]; readonly renewSeconds?: number }> {
  const labels = keyLabels(policy.keys)
  const rangesTo = (lastOf: (period: number) => number): KeyRange[] =>
    asked.flatMap(({ kid, label, period: from }) => {
      const to = lastOf(from)
      const own = labels.map((one) => ({ label: one, from, to }))
      // A key an outsider asked for may have a label of its own.
      return labels.includes(label) ? own : [...own, { label, from, to, kid }]
    })
  if (!plan || plan.eras.at(-1)?.rotationSeconds === undefined)
    return {
      keys: await opened(
        room,
        contentId,
        rangesTo((period) => period),
      ),
    }
  // Never further than from now on, or a viewer could walk ahead from licence to licence.
  const newest = plan.clock === 'wall' ? periodAt(plan, room.now()).index : Number.POSITIVE_INFINITY
  const ahead =
    plan.clock === 'media' && policy.rotationSignalling === 'inBand' ? periodsInBand : periodsAhead
  const lastOf = (period: number): number => Math.max(period, Math.min(period, newest) + ahead)
  const last = Math.max(...asked.map(({ period }) => lastOf(period)))
  await periodsThrough(room, contentId, { policy, index: last })
  const keys = await opened(room, contentId, rangesTo(lastOf))
  const endMs = plan.clock === 'wall' ? periodEndMs(plan, last) : undefined
  if (endMs === undefined) return { keys }
  const [chance = 0] = room.randomBytes(1)
  return { keys, renewSeconds: renewAfterSeconds(endMs - room.now(), chance / 256) }
}

/** Keys of a label from one period through another; with `kid`, of the first period that one alone. */
interface KeyRange {
  readonly label: string
  readonly from: number
  readonly to: number
  readonly kid?: string
}

/** The keys of all ranges, none twice; nor is a range read twice, however many keys of it were asked for. */
async function opened(
  { vault, opener }: LicenceRoom,
  contentId: string,
  ranges: readonly KeyRange[],
): Promise<readonly ContentKey[]> {
  const distinct = new Map(ranges.map((range) => [JSON.stringify(Object.values(range)), range]))
  const found = await someAtOnce([...distinct.values()], async ({ label, from, to, kid }) => {
    const records = await vault.range({ contentId, label }, from, to)
    return records.filter((one) => kid === undefined || one.kid === kid || one.period > from)
  })
  const records = new Map(found.flat().map((record) => [record.kid, record]))
  return someAtOnce([...records.values()], (record) => opener.unwrap(record))
}

function logGiven(
  { log }: LicenceRoom,
  { requestId }: LicenceRequest,
  { account, content, tokenId }: PlaybackClaims,
  system: DrmSystem,
  kids: readonly string[],
  status = 200,
): void {
  log.info('licence given', { requestId, account, content, tokenId, system, kids, status })
}

const unknownPath = ({ method, path }: LicenceRequest): HeadendError =>
  new HeadendError('ROUTE_NOT_FOUND', `${method} ${path}: expected POST /licence/<system>`, { status: 404 })

function refusal(code: string, message: string, status: number): LicenceAnswer {
  return {
    status,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      ...(status === 401 && {
        'www-authenticate': `Bearer error="${code === 'TOKEN_MISSING' ? 'invalid_request' : 'invalid_token'}"`,
      }),
    },
    body: text.encode(JSON.stringify({ error: { code, message } })),
  }
}
