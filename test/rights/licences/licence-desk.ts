/** Who passes challenges on, with a title's keys known and a licence server that counts what it was sent. */
import { HeadendError } from '../../../lib/errors.ts'
import { logOf } from '../../../lib/platform/log.ts'
import type { PeriodPlan } from '../../../lib/rights/keys/key-periods.ts'
import { type PassingPorts, passOn } from '../../../lib/rights/licences/pass-on.ts'
import type { LicenceRequest } from '../../../lib/rights/licences/ports.ts'
import type { ProxyRequest } from '../../../lib/rights/licences/proxy.ts'
import type { ProxiedSystem } from '../../../lib/rights/licences/servers.ts'
import { policySchema } from '../../../lib/rights/protection/policy.ts'
import type { PlaybackClaims } from '../../../lib/rights/tokens/playback-token.ts'
import { nothingHeld } from '../memory.ts'

const nowMs = Date.UTC(2026, 0, 31, 12)
const policy = policySchema.parse({
  mode: 'encrypted',
  schemes: ['cenc', 'cbcs'],
  systems: ['widevine', 'playready', 'fairplay', 'clearkey'],
})

/** What a test sends. */
export interface Sent {
  readonly system: ProxiedSystem
  readonly body: Uint8Array
  readonly headers?: Readonly<Record<string, string>>
  readonly query?: string
}

/** A desk for a token of `vod/film`, whose keys are `own`. */
export function openDesk(own: readonly string[], keys: 'fresh' | 'of a period that is over' = 'fresh') {
  const passed: ProxyRequest[] = []
  const lines: string[] = []
  const claims: PlaybackClaims = {
    tokenId: 'id-1',
    account: 'account-1',
    content: 'vod/film',
    level: 'software',
    issuedEpochSeconds: nowMs / 1000 - 60,
    expiresEpochSeconds: nowMs / 1000 + 3600,
  }
  const server = { url: 'https://licences.example.com/', headers: {} }
  const plan: PeriodPlan = {
    clock: 'wall',
    eras: [{ firstIndex: 0, fromMs: nowMs - 100 * 3_600_000, rotationSeconds: 3600 }],
    madeThrough: 100,
  }
  const ports: PassingPorts = {
    now: () => nowMs,
    facts: (_, kids) =>
      Promise.resolve({
        policy,
        ...(keys === 'of a period that is over' && { plan }),
        kids: kids.filter((kid) => own.includes(kid)).map((kid) => ({ kid, label: 'ALL', period: 0 })),
        isRevoked: false,
      }),
    holds: nothingHeld,
    owners: () => Promise.reject(new Error('a token of one content asks for no owners')),
    servers: () => Promise.resolve({ widevine: server, playready: server, fairplay: server }),
    proxy: (request) => {
      passed.push(request)
      return Promise.resolve({ status: 200, contentType: 'text/plain', body: Buffer.from('LICENCE') })
    },
    hasTooManyStreams: () => Promise.resolve(false),
    frontSecrets: () => Promise.resolve([]),
    log: logOf({}, (line) => lines.push(line)),
  }
  /** `passed`, or the code of the refusal with its status. */
  const send = async ({ system, body, headers = {}, query }: Sent): Promise<string> => {
    const request: LicenceRequest = {
      method: 'POST',
      path: `/licence/${system}`,
      headers,
      query,
      body,
      requestId: 'r',
    }
    try {
      await passOn(ports, request, { claims, system })
      return 'passed'
    } catch (error) {
      if (!(error instanceof HeadendError)) throw error
      return `${error.status} ${error.code}`
    }
  }
  return { passed, lines, send }
}
