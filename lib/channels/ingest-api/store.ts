/** Credentials of feeds in the room's table: a partition apart from the channels, which are listed and shown. */
import * as z from 'zod'
import { conditionHeld, replacesRevision } from '../../platform/aws/conditional-write.ts'
import { signedTables } from '../../platform/aws/signed-tables.ts'
import type { FeedCredentials } from './credentials.ts'

/** What routes and the door of encoders need of it. */
export interface CredentialStore {
  /** Undefined where there are none. */
  credentials(channelId: string): Promise<FeedCredentials | undefined>
  /** Puts them in the place of the revision before; false where others were put there meanwhile. */
  put(credentials: FeedCredentials): Promise<boolean>
  remove(channelId: string): Promise<void>
}

const rowSchema = z.object({
  sk: z.string(),
  revision: z.number().int(),
  digests: z.array(z.string().regex(/^[0-9a-f]{64}$/)),
})

const pk = 'credentials'

/** The room's table. */
export function credentialStore({ table: TableName }: { readonly table: string }): CredentialStore {
  const tables = signedTables()
  return {
    async credentials(channelId) {
      const item = await tables.get({ TableName, Key: { pk, sk: channelId }, ConsistentRead: true })
      if (!item) return undefined
      const { sk, ...facts } = rowSchema.parse(item)
      return { channelId: sk, ...facts }
    },
    put: ({ channelId, revision, digests }) =>
      conditionHeld(
        tables.put({
          TableName,
          Item: { pk, sk: channelId, revision, digests: [...digests] },
          ...replacesRevision(revision),
        }),
      ),
    async remove(channelId) {
      await tables.delete({ TableName, Key: { pk, sk: channelId } })
    },
  }
}
