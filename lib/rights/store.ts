/** The stores of this room, assembled for the functions that use them. */

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
import { type KeyHoldStore, keyHoldStore } from './holds/store.ts'
import { keyOpener } from './keys/open-key.ts'
import { type KeyStore, keyStore } from './keys/store.ts'
import { type MediaRights, mediaRights } from './protection/media-rights.ts'
import type { ProtectionPorts } from './protection/plans.ts'
import { protectionStore } from './protection/store.ts'
import { asItIs } from './publication/changes.ts'
import { type PublicationStore, type Publish, publishProtection } from './publication/publish.ts'
import { type DuePorts, ensureMarks, type SweepPorts } from './publication/rebuild.ts'
import { forgetSealed, sealContent } from './publication/seal.ts'
import { turnStore } from './publication/store.ts'

/** Table and KMS key of this room, from a function's environment. */
export interface RightsPlaces {
  readonly table: string
  /** KMS key that wraps content keys. */
  readonly wrappingKey: string
}

/** Rights for the packager: how content is delivered, and its keys. */
export function mediaRightsPorts(
  { table, wrappingKey }: RightsPlaces,
  { tables, now }: { readonly tables: Tables; readonly now: () => number },
): MediaRights {
  return mediaRights({
    protection: protectionStore({ table, tables }),
    opener: keyOpener({ keyStore: keyStore({ table, tables, wrappingKey }), now }),
    holds: keyHoldStore({ table, tables }),
    now,
  })
}

/** Dependencies of key creation and content protection. */
export function rightsPorts(
  { table, wrappingKey }: RightsPlaces,
  { tables, now, randomBytes }: { readonly tables: Tables } & Pick<ProtectionPorts, 'now' | 'randomBytes'>,
): ProtectionPorts & { readonly keyStore: KeyStore; readonly holds: KeyHoldStore } {
  return {
    keyStore: keyStore({ table, tables, wrappingKey }),
    holds: keyHoldStore({ table, tables }),
    protection: protectionStore({ table, tables }),
    now,
    randomBytes,
    encipher: (key, block) => encipherBlock(nodeAes, key, block),
  }
}

/** Dependencies of publishing. */
export interface PublisherPorts
  extends Pick<PublicationStore, 'report'>,
    Pick<ProtectionPorts, 'now' | 'randomBytes'> {
  readonly client: DynamoDBDocumentClient
  readonly s3: S3Client
  /** Licence URL for players, and the distribution whose caches are invalidated. */
  readonly front: () => Promise<Pick<Front, 'licenceUrl' | 'distributionId'>>
  readonly invalidation: InvalidationContext
}

/** Changes assets' protection and keeps the edge up to date. */
export interface Publishing {
  readonly rights: ReturnType<typeof rightsPorts>
  readonly publish: Publish
  /** Publishes a channel with the protection in force, which becomes its own. */
  readonly showChannel: (contentId: ContentId, windowSeconds: number) => Promise<void>
  /** Closes deleted content, whatever happens to its policy, and invalidates it in the caches. */
  readonly seal: (contentId: ContentId) => Promise<void>
  /** Deletes the policy of deleted content, which stays closed. */
  readonly forgetSealed: (contentId: ContentId) => Promise<void>
  /** Dependencies of the sweep; its `publish` does not check whether the marks are ready. */
  readonly sweep: SweepPorts & DuePorts & { readonly values: KeyValues }
}

/** Environment variables of functions that publish. */
export const publishingNames = [
  'RIGHTS_TABLE',
  'CONTENT_KEYS',
  'SESSION_STORE',
  'MEDIA_BUCKET',
  'INDEX_TABLE',
] as const

/**
 * The only way for a function to change an asset's protection, using the stores its environment names; builds the marks
 * first if the edge store is new.
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
  const { protectedFilms, showChannel, ...films } = publicationStore({
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
  const due = () => rights.protection.due(now())
  const sweep = { values, protection: rights.protection, protectedFilms, publish, turns, due, now, report }
  let ready: Promise<void> | undefined
  const publishOnceReady: Publish = async (contentId, publication) => {
    ready ??= ensureMarks(sweep)
    await ready.catch((error: unknown) => {
      ready = undefined
      throw error
    })
    return publish(contentId, publication)
  }
  return {
    rights,
    seal: (contentId) => sealContent({ store, now }, contentId),
    forgetSealed: (contentId) => forgetSealed({ store, now, protection: rights.protection }, contentId),
    publish: publishOnceReady,
    showChannel: (contentId, windowSeconds) =>
      publishOnceReady(contentId, {
        change: asItIs,
        arriving: {
          windowSeconds,
          async show(name) {
            await showChannel(contentId, windowSeconds, name)
            return true
          },
        },
      }),
    sweep,
  }
}
