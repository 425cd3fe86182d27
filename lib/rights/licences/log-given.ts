/** Who was given what: the line of the log that says so. */
import type { DrmSystem } from '../protection/policy.ts'
import type { PlaybackClaims } from '../tokens/playback-token.ts'
import type { LicencePorts, LicenceRequest } from './ports.ts'

/** What was given. */
export interface Given {
  readonly claims: PlaybackClaims
  readonly system: DrmSystem
  readonly kids: readonly string[]
  /** @default 200; the server's, where others made the licence */
  readonly status?: number
}

/** Writes it; no key and no token is in it. */
export function logGiven(
  { log }: Pick<LicencePorts, 'log'>,
  { requestId }: Pick<LicenceRequest, 'requestId'>,
  { claims: { account, content, tokenId }, system, kids, status = 200 }: Given,
): void {
  log.info('licence given', { requestId, account, content, tokenId, system, kids, status })
}
