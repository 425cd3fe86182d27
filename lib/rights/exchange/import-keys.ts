/** Import of keys made elsewhere, with their kids, so that licences can be issued for media encrypted with them. */

import { HeadendError } from '../../errors.ts'
import type { ContentKey, Cpix } from '../../formats/cpix/index.ts'
import { playReadyChecksum } from '../../formats/pssh/index.ts'
import { hexText } from '../../formats/uuid.ts'
import { mapConcurrently } from '../../platform/map-concurrently.ts'
import type { ContentId } from '../../timeline/ids.ts'
import type { KeyRecord } from '../keys/content-key.ts'
import type { KeyStore } from '../keys/store.ts'
import type { ProtectionPorts } from '../protection/plans.ts'
import { contentIdOf, keyRequestOf } from '../speke/key-request-of.ts'
import type { KeyArchive } from './store.ts'

/** Dependencies of key import. */
export interface ImportPorts extends ProtectionPorts {
  readonly keyStore: KeyStore
  readonly archive: KeyArchive
}

/** Result of importing a document. */
export interface Imported {
  readonly contentId: ContentId
  readonly imported: number
  /** Keys already stored with the same value. */
  readonly known: number
}

const maxKeys = 2400

/**
 * Stores a document's clear keys beside the content's own. All or nothing: a kid already stored with another key
 * rejects the document, since a holder of either key could not tell which one is meant.
 */
export async function importKeys(
  ports: ImportPorts,
  cpix: Pick<Cpix, 'contentId' | 'id' | 'keys' | 'rules' | 'periods'>,
  who: string,
): Promise<Imported> {
  const contentId = contentIdOf(cpix.contentId ?? cpix.id ?? '')
  if (contentId === '' || contentId.length > 512)
    throw refused('CPIX@contentId', `1 to 512 characters, got ${contentId.length}`)
  if (cpix.keys.length === 0 || cpix.keys.length > maxKeys)
    throw refused('ContentKeyList', `1 to ${maxKeys} keys, got ${cpix.keys.length}`)
  const incoming = cpix.keys.map((key) => ({ request: keyRequestFor(cpix, key), key: plainOf(key) }))
  const kids = incoming.map(({ request }) => request.kid)
  if (new Set(kids).size < kids.length) throw refused('ContentKeyList', 'each kid once, got one twice')
  const isNew = await mapConcurrently(incoming, (one) => isUnknown(ports, contentId, one))
  const id = Buffer.from(ports.randomBytes(9)).toString('base64url')
  await ports.protection.recordRequest(contentId, { who, door: 'import', atMs: ports.now(), kids }, id)
  const fresh = incoming.filter((_, i) => isNew[i])
  await mapConcurrently(fresh, async (one) => {
    const record = await recordOf(ports, contentId, one)
    // A concurrent import stored it first: the keys must be equal.
    if (!(await ports.keyStore.put(record, true))) await isUnknown(ports, contentId, one)
  })
  return { contentId, imported: fresh.length, known: incoming.length - fresh.length }
}

type KeyRequestOfDocument = ReturnType<typeof keyRequestFor>

interface Incoming {
  readonly request: KeyRequestOfDocument
  readonly key: Uint8Array
}

function keyRequestFor({ rules, periods }: Pick<Cpix, 'rules' | 'periods'>, { kid, explicitIV }: ContentKey) {
  const own = rules.filter((rule) => rule.kid === kid)
  const [periodId] = own.flatMap(({ periodIds }) => periodIds)
  const period = periods.find(({ id }) => id !== undefined && id === periodId)
  const [rule] = own
  const named = {
    kid,
    rules: own,
    ...(rule?.intendedTrackType !== undefined && { intendedTrackType: rule.intendedTrackType }),
    ...(period && { period }),
    ...(explicitIV && { explicitIV }),
  }
  return { ...keyRequestOf(named), kid: kid.replaceAll('-', '').toLowerCase() }
}

function plainOf({ kid, secret }: ContentKey): Uint8Array {
  const plain = secret?.plain
  if (plain?.length === 16) return plain
  throw refused(
    `ContentKey ${kid}`,
    plain ? `a key of 16 bytes, got ${plain.length}` : 'a key in the clear, got none',
  )
}

async function isUnknown(
  { keyStore }: ImportPorts,
  contentId: ContentId,
  { request, key }: Incoming,
): Promise<boolean> {
  const found = await keyStore.find({ ...request, contentId })
  if (!found) return true
  const here = await keyStore.unwrap(found)
  if (here.every((byte, i) => byte === key[i])) return false
  throw new HeadendError('KEY_DIFFERS', `kid ${request.kid} is here with another key`, { status: 409 })
}

async function recordOf(
  ports: ImportPorts,
  contentId: ContentId,
  { request, key }: Incoming,
): Promise<KeyRecord> {
  const { kid, period, label, iv = ports.randomBytes(16) } = request
  const owner = { contentId, kid }
  return {
    ...owner,
    period,
    label,
    iv: hexText(iv),
    checksum: playReadyChecksum(kid, (block) => ports.encipher(key, block)),
    wrapped: await ports.archive.wrap(key, owner),
  }
}

const refused = (where: string, expected: string): HeadendError =>
  new HeadendError('KEYS_IMPORT', `${where}: expected ${expected}`, { status: 422 })
