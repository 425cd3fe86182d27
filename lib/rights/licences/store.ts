/** Facts for a licence, read from the rights table; and the operator's licence servers. */

import { HeadendError } from '../../errors.ts'
import { batchGet } from '../../platform/aws/batch-get.ts'
import { isNoSecret, secretVersions } from '../../platform/aws/secret-versions.ts'
import type { StoredItem, Tables } from '../../platform/aws/signed-tables.ts'
import type { ContentId } from '../../timeline/ids.ts'
import { kidEntry, kidEntrySchema } from '../keys/store.ts'
import type { PlaybackClaims } from '../tokens/playback-token.ts'
import { isRevokedBy, revocationKeys } from '../tokens/store.ts'
import { type ContentRights, cachedRights, type ReadRows } from './kept-rights.ts'
import { type LicenceServers, licenceServersSchema } from './servers.ts'

/** The key a kid names. */
export interface KnownKid {
  readonly kid: string
  readonly label: string
  readonly period: number
}

/** Facts about a token and the keys requested with it. */
export interface LicenceFacts extends ContentRights {
  /** The kids that are keys of the token's content. */
  readonly kids: readonly KnownKid[]
  readonly isRevoked: boolean
  /** Policy and plan come from the cache: a refusal based on them must be checked again with fresh ones. */
  readonly isKept?: boolean
}

/** Reads the facts; policy and plan from the cache unless `isFresh`. */
export type ReadLicenceFacts = (
  claims: PlaybackClaims,
  kids: readonly string[],
  isFresh?: boolean,
) => Promise<LicenceFacts>

/** Dependencies of reading facts. */
export interface FactsOptions {
  readonly table: string
  readonly tables: Pick<Tables, 'batchGet'>
  readonly now: () => number
  /** Called when a key of a content item was looked up for the first time. */
  readonly learned?: (contentId: ContentId) => void
}

/** The mapping of a kid to its key never changes: a warm function caches this many. */
const maxKids = 20_000

/** Revocations are read for every licence with strong consistency; the rest is cached. */
export function licenceFacts({ table, tables, now, learned }: FactsOptions): ReadLicenceFacts {
  const rows: ReadRows = (keys, isConsistent) => batchGet(tables, { table, keys, isConsistent })
  const rightsOf = cachedRights(rows, now)
  const keyed = new Map<string, KnownKid>()

  const kidsOf = async (content: string, kids: readonly string[]): Promise<readonly KnownKid[]> => {
    const name = (kid: string): string => `${content} ${kid}`
    const unknown = kids.filter((kid) => !keyed.has(name(kid)))
    const keys = unknown.map((kid) => kidEntry(content, kid))
    const entries = await rows(keys, true)
    for (const kid of unknown) {
      const row = entries.find(({ sk }) => sk === kidEntry(content, kid).sk)
      if (row === undefined) continue
      const { label, period } = kidEntrySchema.parse(row)
      keyed.set(name(kid), { kid, label, period })
    }
    if (entries.length > 0) learned?.(content)
    const found = kids.flatMap((kid) => keyed.get(name(kid)) ?? [])
    for (const oldest of keyed.keys()) {
      if (keyed.size <= maxKids) break
      keyed.delete(oldest)
    }
    return found
  }

  return async (claims, kids, isFresh = false) => {
    const [revocations, rights, known] = await Promise.all([
      rows(revocationKeys(claims), true),
      rightsOf(claims.content, isFresh),
      kidsOf(claims.content, kids),
    ])
    return { ...rights, kids: known, isRevoked: isRevokedBy(claims, revocations), isKept: !isFresh }
  }
}

/** Maps each key ID to the one of some content items it belongs to; key IDs of none are omitted. */
export type ReadKidOwners = (
  contents: readonly string[],
  kids: readonly string[],
) => Promise<ReadonlyMap<string, string>>

/** Rows looked up at once: sixteen keys of a token for sixty-four content items. */
const maxLookups = 1024

const nameOf = ({ pk, sk }: StoredItem): string => `${String(pk)} ${String(sk)}`

/** Reads the owners of key IDs, cached in a warm function. Throws LICENCE_CHALLENGE for too many at once. */
export function kidOwners({ table, tables }: Pick<FactsOptions, 'table' | 'tables'>): ReadKidOwners {
  /** Known pairs of content and kid, oldest first. */
  const read = new Set<string>()
  return async (contents, kids) => {
    if (contents.length * kids.length > maxLookups)
      throw new HeadendError(
        'LICENCE_CHALLENGE',
        `expected at most ${Math.floor(maxLookups / contents.length)} key ids of ${contents.length} contents at once, got ${kids.length}`,
      )
    const ownerOf = (kid: string) => contents.find((content) => read.has(nameOf(kidEntry(content, kid))))
    const unknown = kids.filter((kid) => ownerOf(kid) === undefined)
    const keys = unknown.flatMap((kid) => contents.map((content) => kidEntry(content, kid)))
    for (const row of await batchGet(tables, { table, keys, isConsistent: true })) read.add(nameOf(row))
    const owners = kids.flatMap((kid) => {
      const owner = ownerOf(kid)
      return owner === undefined ? [] : [[kid, owner] as const]
    })
    for (const oldest of read) {
      if (read.size <= maxKids) break
      read.delete(oldest)
    }
    return new Map(owners)
  }
}

/** Reads the operator's licence servers from a secret. */
export async function licenceServers(secretId: string): Promise<LicenceServers> {
  const [current] = await secretVersions(secretId).catch((error: unknown) => {
    // A new secret is empty, which means the same as `{}`.
    if (isNoSecret(error)) return [{}]
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
