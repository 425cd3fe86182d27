/** Audit log line of issued licences. */
import type { DrmSystem } from '../protection/policy.ts'
import type { PlaybackClaims } from '../tokens/playback-token.ts'
import type { LicencePorts, LicenceRequest } from './ports.ts'

/** An issued licence. */
export interface Given {
  readonly claims: PlaybackClaims
  readonly system: DrmSystem
  readonly kids: readonly string[]
  /** @default 200; the licence server's status for third-party licences */
  readonly status?: number
}

/** Writes the line; it contains no key and no token. */
export function logGiven(
  { log }: Pick<LicencePorts, 'log'>,
  { requestId }: Pick<LicenceRequest, 'requestId'>,
  { claims: { account, content, tokenId }, system, kids, status = 200 }: Given,
): void {
  log.info('licence given', { requestId, account, content, tokenId, system, kids, status })
}
