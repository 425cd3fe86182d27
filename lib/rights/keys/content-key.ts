/**
 * Content keys: one per content item, key period and label, however many requests arrive at once. A key leaves the
 * store wrapped; decrypting it takes a KMS grant that is bound to the content and kid.
 */

import { HeadendError } from '../../errors.ts'
import { playReadyChecksum } from '../../formats/pssh/index.ts'
import { hexBytes, hexText, uuidText } from '../../formats/uuid.ts'
import { again, untilDone } from '../../platform/retry.ts'
import type { ContentId } from '../../timeline/ids.ts'

/** Identifies the tracks and the period a key is for. */
export interface KeyName {
  /** `vod/film`. */
  readonly contentId: ContentId
  /** Index of the key period. */
  readonly period: number
  /** Tracks it covers: `ALL`, `VIDEO`, `AUDIO`, `SD`, `HD`, `UHD`, or a SPEKE track type. */
  readonly label: string
}

/** A stored key: everything but the key itself is public. */
export interface KeyRecord extends KeyName {
  /** 32 hex digits, lower case. */
  readonly kid: string
  /** Constant IV of cbcs, 32 hex digits, lower case. */
  readonly iv: string
  /** PlayReady checksum: 8 bytes of the kid encrypted with the key, base64. */
  readonly checksum: string
  /** The key, wrapped by KMS for this content and kid. */
  readonly wrapped: Uint8Array
}

/** Properties a requester may choose for a key that does not exist yet. */
export interface KeyRequest extends KeyName {
  readonly kid?: string
  readonly iv?: Uint8Array
}

/** A fresh key from KMS. */
export interface DataKey {
  readonly plain: Uint8Array
  readonly wrapped: Uint8Array
}

/** Storage and wrapping of keys. */
export interface ContentKeyStore {
  /**
   * Our own key for a label and period, or, with a kid, the requester's key of that kid; undefined if there is none.
   */
  find(request: KeyRequest): Promise<KeyRecord | undefined>
  /** Stores a key unless its place is taken; returns whether it was stored. */
  put(record: KeyRecord, asked: boolean): Promise<boolean>
  /** 16 random bytes, in the clear and wrapped. */
  dataKey(contentId: ContentId, kid: string): Promise<DataKey>
}

/** Dependencies of key creation. */
export interface KeyPorts {
  readonly keyStore: ContentKeyStore
  readonly randomBytes: (length: number) => Uint8Array
  /** Encrypts one AES-128 block, for PlayReady's checksum. */
  readonly encipher: (key: Uint8Array, block: Uint8Array) => Uint8Array
}

/** The loser of a race reads what the winner wrote; losing this often has another cause. */
const maxRaces = 5
const labelShape = /^[A-Z0-9_+]{1,64}$/
const kidShape = /^[0-9a-f]{32}$/

/**
 * Returns the existing key for a request or creates one. Concurrent requests for the same key get the same one: the
 * record is written only if absent, and the loser reads the winner's.
 */
export async function contentKey(tools: KeyPorts, request: KeyRequest): Promise<KeyRecord> {
  assertName(request)
  const attempt = async (): Promise<KeyRecord | typeof again> => {
    const found = await tools.keyStore.find(request)
    if (found) return found
    const made = await makeKey(tools, request)
    return (await tools.keyStore.put(made, request.kid !== undefined)) ? made : again
  }
  const exhausted = () =>
    new HeadendError(
      'KEY_RACE',
      `${request.contentId} ${request.label} period ${request.period}: the key could not be stored, too many write at once`,
      { status: 503 },
    )
  return untilDone(attempt, { most: maxRaces, exhausted })
}

async function makeKey(
  { keyStore, randomBytes, encipher }: KeyPorts,
  request: KeyRequest,
): Promise<KeyRecord> {
  const { contentId, period, label } = request
  const kid = request.kid ?? randomKid(randomBytes)
  const { plain, wrapped } = await keyStore.dataKey(contentId, kid)
  const checksum = playReadyChecksum(uuidText(hexBytes(kid, 'kid')), (block) => encipher(plain, block))
  plain.fill(0)
  return { contentId, period, label, kid, iv: hexText(request.iv ?? randomBytes(16)), checksum, wrapped }
}

/** A UUID of version 4 (RFC 9562 5.4). */
function randomKid(randomBytes: KeyPorts['randomBytes']): string {
  const bytes = Uint8Array.from(randomBytes(16))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return hexText(bytes)
}

/** Throws KEY_NAME for an invalid key name: its parts become part of the table's keys. */
function assertName({ contentId, period, label, kid, iv }: KeyRequest): void {
  const problem = [
    !/^[\x21-\x7e]{1,512}$/.test(contentId) && 'a content id of 1 to 512 printable characters',
    !(Number.isSafeInteger(period) && period >= 0 && period < 1e10) && 'a period from 0 to 9999999999',
    !labelShape.test(label) && 'a label of A-Z 0-9 _ +',
    kid !== undefined && !kidShape.test(kid) && 'a kid of 32 hex digits',
    iv !== undefined && iv.length !== 16 && 'an IV of 16 bytes',
  ].find((one) => one !== false)
  if (problem !== undefined)
    throw new HeadendError('KEY_NAME', `key of ${contentId.slice(0, 80)}: expected ${problem}`)
}
