/** Revoked playback tokens, in the rights table. */
import * as z from 'zod'
import { HeadendError } from '../../errors.ts'
import type { StoredItem, Tables } from '../../platform/aws/signed-tables.ts'
import type { PlaybackClaims } from './playback-token.ts'
import { maxTokenSeconds } from './playback-token.ts'

/** Revokes tokens. */
export interface RevocationStore {
  revokeToken(tokenId: string, nowMs: number): Promise<void>
  /** Revokes every token issued to an account so far. */
  revokeAccount(account: string, nowMs: number): Promise<void>
}

/** Primary keys of the items that would revoke a token. */
export const revocationKeys = ({ tokenId, account }: Pick<PlaybackClaims, 'tokenId' | 'account'>) => [
  { pk: `token#${tokenId}`, sk: 'revoked' },
  { pk: `account#${account}`, sk: 'revoked' },
]

const revocationSchema = z.object({ throughEpochSeconds: z.number() })

/** Whether one of the items revokes a token; throws REVOCATION_UNREADABLE if a revocation cannot be read. */
export function isRevokedBy(claims: PlaybackClaims, items: readonly StoredItem[]): boolean {
  const places = new Set(revocationKeys(claims).map(({ pk }) => pk))
  return items.some((item) => {
    if (item['sk'] !== 'revoked' || !places.has(String(item['pk']))) return false
    const { data } = revocationSchema.safeParse(item)
    if (data) return claims.issuedEpochSeconds <= data.throughEpochSeconds
    throw new HeadendError(
      'REVOCATION_UNREADABLE',
      `revocation of ${claims.account}: expected throughEpochSeconds, got ${Object.keys(item).join(', ')}; revoke again`,
      { status: 500 },
    )
  })
}

/** A revocation store on the rights table. */
export function revocationStore({
  table: TableName,
  tables,
}: {
  readonly table: string
  readonly tables: Pick<Tables, 'put'>
}): RevocationStore {
  const revoke = async (pk: string, nowMs: number, throughEpochSeconds: number): Promise<void> => {
    // Everything issued until now has expired by then.
    const expiresAt = Math.ceil(nowMs / 1000) + maxTokenSeconds
    await tables.put({ TableName, Item: { pk, sk: 'revoked', throughEpochSeconds, expiresAt } })
  }
  return {
    revokeToken: (tokenId, nowMs) => revoke(`token#${tokenId}`, nowMs, Number.MAX_SAFE_INTEGER),
    revokeAccount: (account, nowMs) => revoke(`account#${account}`, nowMs, Math.floor(nowMs / 1000)),
  }
}
