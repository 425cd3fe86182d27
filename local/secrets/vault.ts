/** All secrets and their journal, a file only its owner may read. */
import { openJournal } from '../journal.ts'
import { isRecord } from '../json-input.ts'
import { AwsFault } from '../service.ts'
import type { Secret } from './types.ts'

type Entry =
  | { readonly op: 'secret'; readonly secret: Secret }
  | { readonly op: 'gone'; readonly name: string }

export type Vault = Awaited<ReturnType<typeof openVault>>

export async function openVault(path: string, now: () => number) {
  const secrets = new Map<string, Secret>()
  const journal = await openJournal<Entry>({
    path,
    mode: 0o600,
    accepts: isEntry,
    replay(entry) {
      if (entry.op === 'secret') secrets.set(entry.secret.name, entry.secret)
      else secrets.delete(entry.name)
    },
    *snapshot() {
      for (const secret of secrets.values()) yield { op: 'secret', secret }
    },
  })

  /** By name, by ARN, or by an ARN without its last six characters; not once its recovery window is over. */
  function find(id: string): Secret | undefined {
    for (const secret of secrets.values()) {
      if (secret.name !== id && secret.arn !== id && secret.arn.slice(0, -7) !== id) continue
      if (secret.deletionDateMs === undefined || secret.deletionDateMs > now()) return secret
    }
    return undefined
  }

  return {
    find,
    /** The one with this ARN's last six characters, which the local cloud makes of the resource and not of its name. */
    renamed: (arn: string): Secret | undefined =>
      [...secrets.values()].find((secret) => secret.arn.slice(-7) === arn.slice(-7) && secret.arn !== arn),
    all: (): readonly Secret[] => [...secrets.values()].filter(({ name }) => find(name) !== undefined),
    /** Also those marked for deletion. */
    known(id: string): Secret {
      const secret = find(id)
      if (secret !== undefined) return secret
      throw new AwsFault('ResourceNotFoundException', "Secrets Manager can't find the specified secret.")
    },
    async save(secret: Secret): Promise<void> {
      secrets.set(secret.name, secret)
      await journal.append({ op: 'secret', secret })
    },
    async remove(name: string): Promise<void> {
      secrets.delete(name)
      await journal.append({ op: 'gone', name })
    },
    close: () => journal.close(),
  }
}

function isEntry(value: unknown): value is Entry {
  return isRecord(value) && (value['op'] === 'secret' || value['op'] === 'gone')
}
