/** Licences from the operator's servers: a challenge is parsed and checked completely, and forwarded byte for byte. */
import { HeadendError } from '../../errors.ts'
import type { PlaybackClaims } from '../tokens/playback-token.ts'
import { readChallenge } from './challenge.ts'
import { logRefused } from './entitle.ts'
import { type ContentsPorts, entitleContents } from './entitle-contents.ts'
import { logGiven } from './log-given.ts'
import type { Challenge, LicenceAnswer, LicencePorts, LicenceRequest } from './ports.ts'
import type { ProxiedSystem } from './servers.ts'

/** Dependencies of forwarding a challenge. */
export type PassingPorts = ContentsPorts & Pick<LicencePorts, 'servers' | 'proxy'>

/** The claims and the DRM system of a request. */
export interface Asking {
  readonly claims: PlaybackClaims
  readonly system: ProxiedSystem
}

/**
 * The licence server's response; the server is not contacted unless the token grants everything the challenge names.
 */
export async function passOn(
  ports: PassingPorts,
  request: LicenceRequest,
  { claims, system }: Asking,
): Promise<LicenceAnswer> {
  const { headers, body } = request
  const challenge = challengeOf(ports, request, { claims, system })
  const [{ contentId, policy }] = await entitleContents(ports, request, { claims, system, challenge })
  const server = (await ports.servers())[system]
  if (!server)
    throw new HeadendError('LICENCE_SERVER_NONE', `no licence server of ${system} is set up`, { status: 404 })
  const { kids } = challenge
  const answer = await ports.proxy({
    system,
    server,
    headers,
    body,
    facts: {
      'x-headend-account': claims.account,
      'x-headend-content': contentId,
      'x-headend-drm-level': claims.level,
      'x-headend-hdcp': policy.hdcp,
      'x-headend-key-ids': kids.length > 0 ? kids.join(',') : undefined,
      'x-headend-robustness': policy.robustness?.[system],
    },
  })
  logGiven(ports, request, { claims, system, kids, status: answer.status })
  return {
    status: answer.status,
    headers: { 'content-type': typeOf(answer.contentType), 'cache-control': 'no-store' },
    body: answer.body,
  }
}

/** Content types of licences, SOAP faults and JSON errors; anything else is returned as application/octet-stream. */
const licenceTypes =
  /^(?:text\/(?:xml|plain)|application\/(?:octet-stream|xml|soap\+xml|json|x-protobuf))(?:\s*;|$)/i

function typeOf(contentType: string): string {
  return licenceTypes.test(contentType) ? contentType : 'application/octet-stream'
}

function challengeOf(
  ports: Pick<LicencePorts, 'log'>,
  request: LicenceRequest,
  { claims, system }: Asking,
): Challenge {
  try {
    return readChallenge(system, request)
  } catch (error) {
    if (error instanceof HeadendError)
      logRefused(ports, { requestId: request.requestId, claims, system, code: error.code })
    throw error
  }
}
