/** Licences that contain the keys themselves: Clear Key, and one key by its URL. */
import { HeadendError } from '../../errors.ts'
import { mapConcurrently } from '../../platform/map-concurrently.ts'
import { printClearKeyLicence, readClearKeyRequest } from './clear-key.ts'
import { entitleContents } from './entitle-contents.ts'
import { keysOf, opened } from './licence-keys.ts'
import { logGiven } from './log-given.ts'
import type { LicenceAnswer, LicencePorts, LicenceRequest } from './ports.ts'
import { claimsOf } from './viewer-claims.ts'

/**
 * Firefox's Clear Key accepts only the keys that were requested, yet reports all keys it was given as usable: hls.js
 * then does not request the next key, and stalls where it begins.
 */
const takesAskedAlone = ({ 'user-agent': browser = '' }: LicenceRequest['headers']): boolean =>
  browser.includes('Firefox/')

/** The W3C JSON licence, with the keys of the next periods. */
export async function clearKey(ports: LicencePorts, request: LicenceRequest): Promise<LicenceAnswer> {
  const claims = await claimsOf(ports, request)
  const asked = readClearKeyRequest(request.body)
  const entitled = await entitleContents(ports, request, {
    claims,
    system: 'clearkey',
    challenge: { kids: asked, contents: [] },
  })
  const given = await mapConcurrently(entitled, (one) => keysOf(ports, one.contentId, one))
  const found = given.flatMap(({ keys }) => keys)
  const renewals = given.flatMap(({ renewSeconds = [] }) => renewSeconds)
  const keys = takesAskedAlone(request.headers) ? found.filter(({ kid }) => asked.includes(kid)) : found
  logGiven(ports, request, { claims, system: 'clearkey', kids: keys.map(({ kid }) => kid) })
  return {
    status: 200,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      ...(renewals.length > 0 && { 'headend-renew-after': String(Math.min(...renewals)) }),
    },
    body: new TextEncoder().encode(printClearKeyLicence(keys)),
  }
}

/** The 16-byte key, for players whose HLS playlist names it by URL (`KEYFORMAT="identity"`). */
export async function bareKey(
  ports: LicencePorts,
  request: LicenceRequest,
  kid: string,
): Promise<LicenceAnswer> {
  const claims = await claimsOf(ports, request)
  const [{ contentId, known, isGranted }] = await entitleContents(ports, request, {
    claims,
    system: 'clearkey',
    challenge: { kids: [kid], contents: [] },
  })
  const wanted = known.map(({ label, period }) => ({ label, from: period, to: period, kid }))
  const [found] = await opened(ports, contentId, wanted, isGranted)
  if (!found) throw new HeadendError('KEY_UNKNOWN', `no key has the kid ${kid}`, { status: 404 })
  logGiven(ports, request, { claims, system: 'clearkey', kids: [kid] })
  return {
    status: 200,
    headers: { 'content-type': 'application/octet-stream', 'cache-control': 'no-store' },
    body: found.key,
  }
}
