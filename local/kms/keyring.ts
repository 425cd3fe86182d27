/** All keys, aliases and grants, and their journal: a file only its owner may read. */
import { openJournal } from '../journal.ts'
import { isRecord } from '../json-input.ts'
import { AwsFault, account, region } from '../service.ts'
import type { Grant, KmsKey } from './types.ts'

type Entry =
  | { readonly op: 'key'; readonly key: KmsKey }
  | { readonly op: 'alias'; readonly name: string; readonly keyId: string }
  | { readonly op: 'noAlias'; readonly name: string }
  | { readonly op: 'grant'; readonly grant: Grant }
  | { readonly op: 'noGrant'; readonly id: string }

export type Keyring = Awaited<ReturnType<typeof openKeyring>>

export const keyArn = (id: string): string => `arn:aws:kms:${region}:${account}:key/${id}`
export const aliasArn = (name: string): string => `arn:aws:kms:${region}:${account}:${name}`

export async function openKeyring(path: string, now: () => number) {
  const keys = new Map<string, KmsKey>()
  const aliases = new Map<string, string>()
  const grants = new Map<string, Grant>()
  const apply = (entry: Entry): void => {
    switch (entry.op) {
      case 'key':
        keys.set(entry.key.id, entry.key)
        return
      case 'alias':
        aliases.set(entry.name, entry.keyId)
        return
      case 'noAlias':
        aliases.delete(entry.name)
        return
      case 'grant':
        grants.set(entry.grant.id, entry.grant)
        return
      case 'noGrant':
        grants.delete(entry.id)
    }
  }
  const journal = await openJournal<Entry>({
    path,
    mode: 0o600,
    accepts: isEntry,
    replay: apply,
    *snapshot() {
      for (const key of keys.values()) yield { op: 'key', key }
      for (const [name, keyId] of aliases) yield { op: 'alias', name, keyId }
      for (const grant of grants.values()) yield { op: 'grant', grant }
    },
  })
  const write = async (entry: Entry): Promise<void> => {
    apply(entry)
    await journal.append(entry)
  }

  const living = (id: string | undefined): KmsKey | undefined => {
    const key = id === undefined ? undefined : keys.get(id)
    return key?.deletionDateMs !== undefined && key.deletionDateMs <= now() ? undefined : key
  }

  return {
    /** By key id, key ARN, alias or alias ARN. */
    find(name: string): KmsKey | undefined {
      const own = name.startsWith('arn:') ? (name.split(':')[5] ?? '') : name
      if (own.startsWith('alias/')) return living(aliases.get(own))
      return living(own.startsWith('key/') ? own.slice(4) : own)
    },
    known(name: string): KmsKey {
      const key = this.find(name)
      if (key !== undefined) return key
      const what = name.includes('alias/') ? 'Alias' : 'Key'
      const arn = name.startsWith('arn:') ? name : what === 'Alias' ? aliasArn(name) : keyArn(name)
      throw new AwsFault('NotFoundException', `${what} '${arn}' does not exist`)
    },
    keys: (): readonly KmsKey[] => [...keys.keys()].flatMap((id) => living(id) ?? []),
    aliases: (): readonly (readonly [name: string, keyId: string])[] => [...aliases],
    grants: (arn: string): readonly Grant[] => [...grants.values()].filter(({ keyArn: of }) => of === arn),
    save: (key: KmsKey) => write({ op: 'key', key }),
    saveAlias: (name: string, keyId: string) => write({ op: 'alias', name, keyId }),
    removeAlias: (name: string) => write({ op: 'noAlias', name }),
    saveGrant: (grant: Grant) => write({ op: 'grant', grant }),
    removeGrant: (id: string) => write({ op: 'noGrant', id }),
    close: () => journal.close(),
  }
}

const operations = new Set<unknown>(['key', 'alias', 'noAlias', 'grant', 'noGrant'])

function isEntry(value: unknown): value is Entry {
  return isRecord(value) && operations.has(value['op'])
}
