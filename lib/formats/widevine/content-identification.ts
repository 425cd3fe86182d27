/** LicenseRequest.ContentIdentification: the requested keys, in one of four forms. */
import { HeadendError } from '../../errors.ts'
import { hexText } from '../uuid.ts'
import { type MessageShape, mergedMessage, readMessage } from './message.ts'
import { type NamedKeys, readNamedKeys } from './named-keys.ts'
import { readBoxes } from './pssh-boxes.ts'

/** Reads it; older servers had the four forms as direct fields, so all that are present count. */
export function readContentIdentification(bytes: Uint8Array): NamedKeys | 'existing licence' {
  const content = readMessage(bytes, CONTENT_IDENTIFICATION)
  const existing = content.all(3)
  if (existing.length > 0) {
    if ([1, 2, 4].some((field) => content.all(field).length > 0))
      throw refused('names keys and a licence that exists')
    readExisting(mergedMessage(existing))
    return 'existing licence'
  }
  const named = [
    ...content.all(1).flatMap((one) => readMessage(one, PSSH).all(1).map(readPsshData)),
    ...content.all(2).flatMap((one) => readMessage(one, WEBM).all(1).map(webmKey)),
    ...readInitData(mergedMessage(content.all(4))),
  ]
  const kids = named.flatMap((one) => one.kids)
  if (kids.length === 0) throw refused('names no key id')
  return { kids, contentIds: named.flatMap((one) => one.contentIds) }
}

/** Reads the message itself, or the whole box around it, which some clients send: no message begins with a field 0. */
function readPsshData(bytes: Uint8Array): NamedKeys {
  const isBox = String.fromCharCode(...bytes.subarray(4, 8)) === 'pssh'
  return isBox ? readBoxes(bytes) : readNamedKeys(bytes)
}

/** A WebM key is its id alone. */
function webmKey(header: Uint8Array): NamedKeys {
  if (header.length !== 16) throw refused(`expected a key id of 16 bytes, got ${header.length}`)
  return { kids: [hexText(header)], contentIds: [] }
}

function readInitData(bytes: Uint8Array): readonly NamedKeys[] {
  const message = readMessage(bytes, INIT_DATA)
  const type = message.one(1) ?? INIT_DATA_TYPE.cenc
  if (type === INIT_DATA_TYPE.cenc) return message.all(2).map(readBoxes)
  if (type === INIT_DATA_TYPE.webm) return message.all(2).map(webmKey)
  throw refused(`expected init data of type 1 or 2, got ${type}`)
}

/** The licence id is defined by the server, and names no key. */
function readExisting(bytes: Uint8Array): void {
  if (readMessage(bytes, EXISTING).all(1).length === 0) throw refused('names a licence that exists by no id')
}

const CONTENT_IDENTIFICATION: MessageShape = {
  name: 'ContentIdentification',
  bytes: [1, 2, 3, 4],
  namesKeys: true,
}
const PSSH: MessageShape = { name: 'WidevinePsshData', numbers: [2], bytes: [1, 3], namesKeys: true }
const WEBM: MessageShape = { name: 'WebmKeyId', numbers: [2], bytes: [1, 3], namesKeys: true }
const EXISTING: MessageShape = { name: 'ExistingLicense', numbers: [2, 3], bytes: [1, 4], namesKeys: true }
const INIT_DATA: MessageShape = { name: 'InitData', numbers: [1, 3], bytes: [2, 4], namesKeys: true }
const INIT_DATA_TYPE = { cenc: 1, webm: 2 } as const

function refused(text: string): HeadendError {
  return new HeadendError('WIDEVINE_CHALLENGE', `ContentIdentification: ${text}`)
}
