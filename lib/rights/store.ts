/** This room's stores put together, for the functions that work in it. */

import type { S3Client } from '@aws-sdk/client-s3'
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { encipherBlock } from '../formats/cenc/index.ts'
import { type InvalidationContext, invalidate } from '../platform/aws/invalidation.ts'
import { type KeyValues, keyValues } from '../platform/aws/key-values.ts'
import { signedTables, type Tables } from '../platform/aws/signed-tables.ts'
import { nodeAes } from '../platform/crypto/aes.ts'
import { mintedId } from '../platform/crypto/minted-id.ts'
import type { Front } from '../platform/http/front.ts'
import type { ContentId } from '../timeline/ids.ts'
import { edgeMarks, publicationStore } from './assets/store.ts'
import { keyOpener } from './keys/open-key.ts'
import { type KeyStore, keyStore } from './keys/store.ts'
import { type MediaRights, mediaRights } from './protection/media-rights.ts'
import type { ProtectionPorts } from './protection/protect.ts'
import { protectionStore } from './protection/store.ts'
import {
  forgetSealed,
  type PublicationStore,
  type Publish,
  publishProtection,
  sealContent,
} from './publication/publish.ts'
import { ensureMarks, type SweepPorts } from './publication/rebuild.ts'
import { turnStore } from './publication/store.ts'

/** Where the stack keeps this room's things, as its functions' environment has it. */
export interface RightsPlaces {
  readonly table: string
  /** KMS key that wraps content keys. */
  readonly wrappingKey: string
}

/** What the packager asks: how content leaves, and its keys. */
export function mediaRightsPorts(
  { table, wrappingKey }: RightsPlaces,
  { tables, now }: { readonly tables: Tables; readonly now: () => number },
): MediaRights {
  return mediaRights({
    protection: protectionStore({ table, tables }),
    opener: keyOpener({ keyStore: keyStore({ table, tables, wrappingKey }), now }),
    now,
  })
}

/** Everything with which keys are made and content is protected. */
export function rightsPorts(
  { table, wrappingKey }: RightsPlaces,
  { tables, now, randomBytes }: { readonly tables: Tables } & Pick<ProtectionPorts, 'now' | 'randomBytes'>,
): ProtectionPorts & { readonly keyStore: KeyStore } {
  return {
    keyStore: keyStore({ table, tables, wrappingKey }),
    protection: protectionStore({ table, tables }),
    now,
    randomBytes,
    encipher: (key, block) => encipherBlock(nodeAes, key, block),
  }
}

/** What publishing works with. */
export interface PublisherPorts
  extends Pick<PublicationStore, 'report'>,
    Pick<ProtectionPorts, 'now' | 'randomBytes'> {
  readonly client: DynamoDBDocumentClient
  readonly s3: S3Client
  /** Where players find licences, and whose caches are told what to forget. */
  readonly front: () => Promise<Pick<Front, 'licenceUrl' | 'distributionId'>>
  readonly invalidation: InvalidationContext
}

/** Changes films' protection, and keeps what is known of them at the edge. */
export interface Publishing {
  readonly rights: ReturnType<typeof rightsPorts>
  readonly publish: Publish
  /** Closes what is deleted, whatever becomes of its policy, and has caches forget it. */
  readonly seal: (contentId: ContentId) => Promise<void>
  /** Forgets the policy of what is deleted, which stays closed. */
  readonly forgetSealed: (contentId: ContentId) => Promise<void>
  /** What sweeping works with; publishes without asking whether the marks are ready. */
  readonly sweep: SweepPorts & { readonly values: KeyValues }
}

/** Names in the environment of functions that publish. */
export const publishingNames = [
  'RIGHTS_TABLE',
  'CONTENT_KEYS',
  'SESSION_STORE',
  'MEDIA_BUCKET',
  'INDEX_TABLE',
] as const

/**
 * The one way a function has to change a film's protection, at the places its environment names; marks are made first
 * where the store at the edge is new.
 */
export function publishing(
  config: Readonly<Record<(typeof publishingNames)[number], string>>,
  parts: PublisherPorts,
): Publishing {
  const { client, s3, now, front, report, invalidation } = parts
  const table = config.RIGHTS_TABLE
  const rights = rightsPorts(
    { table, wrappingKey: config.CONTENT_KEYS },
    { ...parts, tables: signedTables() },
  )
  const newName = () => mintedId(parts.randomBytes)
  const values = keyValues(config.SESSION_STORE)
  const turns = turnStore({ table, client, now })
  const { protectedFilms, ...films } = publicationStore({
    s3,
    client,
    mediaBucket: config.MEDIA_BUCKET,
    indexTable: config.INDEX_TABLE,
  })
  const store: PublicationStore = {
    ...films,
    marks: edgeMarks(values),
    turns: { store: turns, owner: newName },
    report,
    async invalidate(paths) {
      const { distributionId } = await front()
      await invalidate({ distributionId, paths, reference: newName() }, invalidation)
    },
  }
  const publish: Publish = async (contentId, publication) =>
    publishProtection(rights, contentId, { store, licenceUrl: (await front()).licenceUrl, ...publication })
  const sweep = { values, protection: rights.protection, protectedFilms, publish, turns, now, report }
  let ready: Promise<void> | undefined
  return {
    rights,
    seal: (contentId) => sealContent({ store, now }, contentId),
    forgetSealed: (contentId) => forgetSealed({ store, now, protection: rights.protection }, contentId),
    async publish(contentId, publication) {
      ready ??= ensureMarks(sweep)
      await ready.catch((error: unknown) => {
        ready = undefined
        throw error
      })
      return publish(contentId, publication)
    },
    sweep,
  }
}
