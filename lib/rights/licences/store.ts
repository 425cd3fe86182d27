/** What decides about a licence, in one read of the rights table; and the operator's licence servers. */
import { BatchGetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { HeadendError } from '../../errors.ts'
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

const mostReads = 5

/** One request to the rights table for everything. */
export function licenceFacts({
  table,
  client,
}: {
  readonly table: string
  readonly client: DynamoDBDocumentClient
}): ReadLicenceFacts {
  const items = async (
    keys: readonly Record<string, string>[],
  ): Promise<readonly Record<string, unknown>[]> => {
    const found: Record<string, unknown>[] = []
    let left: Record<string, unknown>[] | undefined = [...keys]
    for (let turn = 0; left && left.length > 0 && turn < mostReads; turn++) {
      const { Responses = {}, UnprocessedKeys = {} }: Page = await client.send(
        new BatchGetCommand({ RequestItems: { [table]: { Keys: left, ConsistentRead: true } } }),
      )
      found.push(...(Responses[table] ?? []))
      left = UnprocessedKeys[table]?.Keys
    }
    // A revocation that was not read must not look like none.
    if (left && left.length > 0)
      throw new HeadendError('LICENCE_BUSY', 'the rights table is busy, try again', { status: 503 })
    return found
  }
  return async (claims, kids) => {
    const { content } = claims
    const found = await items([
      ...policyKeys(content),
      planKey(content),
      ...revocationKeys(claims),
      ...kids.map((kid) => kidEntry(content, kid)),
    ])
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

interface Page {
  readonly Responses?: Readonly<Record<string, Record<string, unknown>[]>> | undefined
  readonly UnprocessedKeys?:
    | Readonly<Record<string, { readonly Keys: Record<string, unknown>[] | undefined }>>
    | undefined
}

/** Reads the operator's licence servers out of a secret. */
export async function licenceServers(secretId: string): Promise<LicenceServers> {
  const [current] = await secretVersions(secretId)
  const { success, data } = licenceServersSchema.safeParse(current)
  if (success) return data
  throw new HeadendError(
    'LICENCE_SERVERS',
    'secret of licence servers: expected JSON {"widevine":{"url":"https://…","headers":{…}},…}',
    { status: 500 },
  )
}
