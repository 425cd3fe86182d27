/** What a request for a licence is, and what giving licences takes. */

import type { Cached } from '../../platform/cache.ts'
import type { Log } from '../../platform/log.ts'
import type { KeyOpener } from '../keys/open-key.ts'
import type { KeyStore } from '../keys/store.ts'
import type { ProtectionPorts } from '../protection/protect.ts'
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
  /** As it stands in the URL: `token`, for players that can set no header, and FairPlay's `assetId`. */
  readonly query?: string | undefined
  readonly body: Uint8Array
  readonly requestId: string
}

/** What a challenge of a DRM asks for. */
export interface Challenge {
  /** All key ids in it, 32 hex digits each, none twice; none where it asks for no key. */
  readonly kids: readonly string[]
  /** All contents it names beside them, as content ids. */
  readonly contents: readonly string[]
}

/** An answer in full. */
export interface LicenceAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** What giving licences takes. */
export interface LicencePorts extends ProtectionPorts {
  readonly keyStore: KeyStore
  readonly opener: KeyOpener
  readonly facts: ReadLicenceFacts
  readonly owners: ReadKidOwners
  readonly keyTexts: Cached<readonly string[]>
  readonly servers: Cached<LicenceServers>
  readonly proxy: LicenceProxy
  /** Whether an account plays as much as it may: known to whoever counts streams. */
  readonly hasTooManyStreams: (claims: PlaybackClaims) => Promise<boolean>
  /** What the distribution shows to be believed where a viewer is: now, and before it was changed. */
  readonly frontSecrets: Cached<readonly string[]>
  readonly log: Log
}
