/** What decides about a licence, in one read of the rights table; and the operator's licence servers. */
import { ResourceNotFoundException } from '@aws-sdk/client-secrets-manager'
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { HeadendError } from '../../errors.ts'
import { batchGet } from '../../platform/batch-get.ts'
import { secretVersions } from '../../platform/secret-versions.ts'
import type { PeriodPlan } from '../keys/key-periods.ts'
import { kidEntry, kidEntrySchema } from '../keys/store.ts'
import type { Policy } from '../protection/policy.ts'
import { planKey, planSchema, policyAmong, policyKeys } from '../protection/store.ts'
import type { PlaybackClaims } from '../tokens/playback-token.ts'
import { isRevokedBy, revocationKeys } from '../tokens/store.ts'
import { type LicenceServers, licenceServersSchema } from './servers.ts'

/** Which key a kid is. */
export interface KnownKid {
  readonly kid: string
  readonly label: string
  readonly period: number
}

/** What the table says of a token and the keys it is shown for. */
export interface LicenceFacts {
  readonly policy: Policy
  /** Absent where only outsiders made keys. */
  readonly plan?: PeriodPlan
  /** Those of the kids that are keys of the token's content. */
  readonly kids: readonly KnownKid[]
  readonly isRevoked: boolean
}

/** Reads them. */
export type ReadLicenceFacts = (claims: PlaybackClaims, kids: readonly string[]) => Promise<LicenceFacts>

/** One request to the rights table for everything. */
export function licenceFacts({
  table,
  client,
}: {
  readonly table: string
  readonly client: DynamoDBDocumentClient
}): ReadLicenceFacts {
  return async (claims, kids) => {
    const { content } = claims
    const keys = [
      ...policyKeys(content),
      planKey(content),
      ...revocationKeys(claims),
      ...kids.map((kid) => kidEntry(content, kid)),
    ]
    const found = await batchGet(client, { table, keys, isConsistent: true })
    const bySk = new Map(found.map((item) => [String(item['sk']), item]))
    const stored = bySk.get(planKey(content).sk)
    return {
      policy: policyAmong(content, found).policy,
      ...(stored && { plan: planSchema.parse(stored).plan }),
      kids: kids.flatMap((kid) => {
        const entry = bySk.get(kidEntry(content, kid).sk)
        if (entry === undefined) return []
        const { label, period } = kidEntrySchema.parse(entry)
        return [{ kid, label, period }]
      }),
      isRevoked: isRevokedBy(claims, found),
    }
  }
}

/** Reads the operator's licence servers out of a secret. */
export async function licenceServers(secretId: string): Promise<LicenceServers> {
  const [current] = await secretVersions(secretId).catch((error: unknown) => {
    // As it is made it holds nothing, which is what `{}` says too.
    if (error instanceof ResourceNotFoundException) return [{}]
    throw error
  })
  const { success, data } = licenceServersSchema.safeParse(current)
  if (success) return data
  throw new HeadendError(
    'LICENCE_SERVERS',
    'secret of licence servers: expected JSON {"widevine":{"url":"https://…","headers":{…}},…}',
    { status: 500 },
  )
}
