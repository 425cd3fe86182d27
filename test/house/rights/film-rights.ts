/** A film's protection by the rules of rights, over memory: what manifests may say, and keys for the packager. */
import type { IndexedAsset } from '../../../lib/packaging/index.ts'
import type { MediaRights } from '../../../lib/packaging/segments/media-rights.ts'
import { assetProtection, type EncryptedPolicy, keyOpener } from '../../../lib/rights/index.ts'
import { mediaRights } from '../../../lib/rights/protection/media-rights.ts'
import { memoryRights, nothingHeld } from '../../rights/memory.ts'

/** One state of a film's protection. */
export interface FilmRights {
  readonly name: string
  /** As it is stored for manifests. */
  readonly text: string
  readonly media: MediaRights
  /** Every key by its id, both in hex. */
  readonly keys: ReadonlyMap<string, string>
}

/** Makes keys for a film under a policy, new ones each time. */
export async function filmRights(
  { timeline: { id }, commonSeconds }: Pick<IndexedAsset, 'timeline' | 'commonSeconds'>,
  policy: EncryptedPolicy,
): Promise<FilmRights> {
  const { ports, records } = memoryRights()
  await ports.protection.putPolicy(id, policy)
  const licenceUrl = 'https://licences.example/licence'
  const made = await assetProtection(ports, id, { commonMs: commonSeconds * 1000, licenceUrl })
  if (!made) throw new Error(`${id} is not protected`)
  const opener = keyOpener({ keyStore: ports.keyStore, now: ports.now })
  return {
    ...made,
    media: mediaRights({ protection: ports.protection, opener, holds: nothingHeld, now: ports.now }),
    keys: new Map(
      [...records.values()].map(({ kid, wrapped }) => [kid, Buffer.from(wrapped).toString('hex')]),
    ),
  }
}
