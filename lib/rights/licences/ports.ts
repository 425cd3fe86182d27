/** Licence requests, responses, and the dependencies of licence issuing. */

import type { Cached } from '../../platform/cache.ts'
import type { Log } from '../../platform/log.ts'
import type { KeyHoldStore } from '../holds/store.ts'
import type { KeyOpener } from '../keys/open-key.ts'
import type { KeyStore } from '../keys/store.ts'
import type { ProtectionPorts } from '../protection/plans.ts'
import type { PlaybackClaims } from '../tokens/playback-token.ts'
import type { LicenceProxy } from './proxy.ts'
import type { LicenceServers } from './servers.ts'
import type { ReadKidOwners, ReadLicenceFacts } from './store.ts'

/** A request; header names are lower case. */
export interface LicenceRequest {
  readonly method: string
  /** `/licence/clearkey`. */
  readonly path: string
  readonly headers: Readonly<Record<string, string | undefined>>
  /** Raw query string: `token`, for players that cannot set a header, and FairPlay's `assetId`. */
  readonly query?: string | undefined
  readonly body: Uint8Array
  readonly requestId: string
}

/** Key IDs and content IDs a DRM challenge requests. */
export interface Challenge {
  /** All key IDs in it, 32 hex digits each, without duplicates; empty if it requests no key. */
  readonly kids: readonly string[]
  /** All content IDs it names beside them. */
  readonly contents: readonly string[]
}

/** A complete response. */
export interface LicenceAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** Dependencies of licence issuing. */
export interface LicencePorts extends ProtectionPorts {
  readonly keyStore: KeyStore
  readonly opener: KeyOpener
  readonly facts: ReadLicenceFacts
  readonly owners: ReadKidOwners
  readonly holds: Pick<KeyHoldStore, 'isHeld'>
  readonly keyTexts: Cached<readonly string[]>
  readonly servers: Cached<LicenceServers>
  readonly proxy: LicenceProxy
  /** Whether an account has reached its stream limit, as reported by the stream counter. */
  readonly hasTooManyStreams: (claims: PlaybackClaims) => Promise<boolean>
  /**
   * Secrets by which the distribution proves itself, so that its viewer country is trusted: the current and the
   * previous one.
   */
  readonly frontSecrets: Cached<readonly string[]>
  readonly log: Log
}
