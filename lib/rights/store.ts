/** This room's stores put together, for the functions that work in it. */
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { encipherBlock } from '../formats/cenc/aes.ts'
import { nodeAes } from '../platform/aes.ts'
import { keyOpener } from './keys/open-key.ts'
import { type KeyShelf, keyStore } from './keys/store.ts'
import { type MediaRights, mediaRights } from './protection/media-rights.ts'
import type { ProtectionRoom } from './protection/protect.ts'
import { protectionStore } from './protection/store.ts'

/** Where the stack keeps this room's things, as its functions' environment has it. */
export interface RightsPlaces {
  readonly table: string
  /** KMS key that wraps content keys. */
  readonly wrappingKey: string
}

/** What the packager asks: how content leaves, and its keys. */
export function mediaRightsRoom(
  { table, wrappingKey }: RightsPlaces,
  { client, now }: { readonly client: DynamoDBDocumentClient; readonly now: () => number },
): MediaRights {
  const vault = keyStore({ table, client, wrappingKey })
  return mediaRights({
    protection: protectionStore({ table, client }),
    opener: keyOpener({ vault, now }),
    now,
  })
}

/** Everything with which keys are made and content is protected. */
export function rightsRoom(
  { table, wrappingKey }: RightsPlaces,
  {
    client,
    now,
    randomBytes,
  }: { readonly client: DynamoDBDocumentClient } & Pick<ProtectionRoom, 'now' | 'randomBytes'>,
): ProtectionRoom & { readonly vault: KeyShelf } {
  return {
    vault: keyStore({ table, client, wrappingKey }),
    protection: protectionStore({ table, client }),
    now,
    randomBytes,
    encipher: (key, block) => encipherBlock(nodeAes, key, block),
  }
}
