/** A film's protection by the rules of rights, over memory: what manifests may say, and keys for the packager. */
import type { IndexedFilms } from '../../lib/packaging/index.ts'
import type { MediaRights } from '../../lib/packaging/segments/media-rights.ts'
import { type EncryptedPolicy, filmProtection, keyOpener } from '../../lib/rights/index.ts'
import { mediaRights } from '../../lib/rights/protection/media-rights.ts'
import { memoryRights } from '../rights/memory.ts'

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
  { timeline: { id }, commonSeconds }: Pick<IndexedFilms, 'timeline' | 'commonSeconds'>,
  policy: EncryptedPolicy,
): Promise<FilmRights> {
  const { room, records } = memoryRights()
  await room.protection.putPolicy(id, policy)
  const licenceUrl = 'https://licences.example/licence'
  const made = await filmProtection(room, id, { commonMs: commonSeconds * 1000, licenceUrl })
  if (!made) throw new Error(`${id} is not protected`)
  const opener = keyOpener({ vault: room.vault, now: room.now })
  return {
    ...made,
    media: mediaRights({ protection: room.protection, opener, now: room.now }),
    keys: new Map(
      [...records.values()].map(({ kid, wrapped }) => [kid, Buffer.from(wrapped).toString('hex')]),
    ),
  }
}
