/** Reads ContentKey and DeliveryData (CPIX 2.3 4.3.2, 4.3.3). */
import { HeadendError } from '../../errors.ts'
import { base64Bytes } from '../base64.ts'
import { optional } from '../optional.ts'
import { contentOf, localName } from '../xml/tree.ts'
import type {
  ContentKey,
  DeliveryData,
  DocumentKey,
  EncryptedValue,
  HdcpData,
  MacMethod,
  Secret,
} from './model.ts'
import { type Place, placeIn, placesOf } from './names.ts'
import { childText, needUuid, textAttribute } from './read-attributes.ts'

/** Reads a ContentKey. */
export function readContentKey(place: Place): ContentKey {
  const iv = textAttribute(place, 'explicitIV')
  return {
    ...optional('id', textAttribute(place, 'id')),
    kid: needUuid(place, 'kid'),
    ...optional('explicitIV', iv === undefined || iv.trim() === '' ? undefined : ivOf(iv)),
    ...optional('dependsOnKey', textAttribute(place, 'dependsOnKey')?.trim().toLowerCase()),
    ...optional('commonEncryptionScheme', textAttribute(place, 'commonEncryptionScheme')?.trim()),
    ...optional('contentId', textAttribute(place, 'contentId')),
    ...optional('hdcp', hdcpOf(placeIn(place, 'HDCPData'))),
    ...optional('secret', secretOf(placeIn(place, 'Data'))),
  }
}

/** Reads a DeliveryData. */
export function readDelivery(place: Place): DeliveryData {
  const x509 = placesOf(placeIn(place, 'DeliveryKey'), 'X509Data')
  const certificates = x509.flatMap((data) => placesOf(data, 'X509Certificate'))
  return {
    ...optional('id', textAttribute(place, 'id')),
    ...optional('name', textAttribute(place, 'name')),
    certificates: certificates.map(({ node }) => base64Bytes(contentOf(node), 'X509Certificate')),
    documentKeys: placesOf(place, 'DocumentKey').map(readDocumentKey),
    ...optional('macMethod', macMethodOf(placeIn(place, 'MACMethod'))),
    ...optional('description', childText(place, 'Description')),
    ...optional('sendingEntity', childText(place, 'SendingEntity')),
    ...optional('senderPointOfContact', childText(place, 'SenderPointOfContact')),
    ...optional('receivingEntity', childText(place, 'ReceivingEntity')),
  }
}

function readDocumentKey(place: Place): DocumentKey {
  return {
    ...optional('id', textAttribute(place, 'id')),
    ...optional('encryptsKey', textAttribute(place, 'encryptsKey')?.trim().toLowerCase()),
    ...optional('algorithm', textAttribute(place, 'Algorithm')),
    ...optional('secret', secretOf(placeIn(place, 'Data'))),
  }
}

/** `pskc:MACKey` in the schema; SPEKE's documentation has `cpix:Key`, with or without EncryptedValue in it. */
function macMethodOf(place: Place | undefined): MacMethod | undefined {
  if (!place) return undefined
  const key = placeIn(place, 'MACKey') ?? placeIn(place, 'Key')
  return {
    algorithm: textAttribute(place, 'Algorithm') ?? '',
    ...optional('key', key && encryptedOf(placeIn(key, 'EncryptedValue') ?? key)),
  }
}

function secretOf(data: Place | undefined): Secret | undefined {
  const secret = placeIn(data, 'Secret')
  if (!secret) return undefined
  const plain = childText(secret, 'PlainValue')
  const encrypted = placeIn(secret, 'EncryptedValue')
  const mac = childText(secret, 'ValueMAC')
  return {
    ...optional('plain', plain === undefined || plain === '' ? undefined : base64Bytes(plain, 'PlainValue')),
    ...optional('encrypted', encrypted && encryptedOf(encrypted)),
    ...optional('mac', mac === undefined || mac === '' ? undefined : base64Bytes(mac, 'ValueMAC')),
  }
}

function encryptedOf(place: Place): EncryptedValue {
  const method = placeIn(place, 'EncryptionMethod')
  const cipher = placeIn(placeIn(place, 'CipherData'), 'CipherValue')
  if (!cipher)
    throw new HeadendError('CPIX_CIPHER', `${localName(place.node.name)}: expected a CipherValue, got none`, {
      status: 422,
    })
  return {
    algorithm: (method && textAttribute(method, 'Algorithm')) ?? '',
    cipher: base64Bytes(contentOf(cipher.node), 'CipherValue'),
  }
}

function hdcpOf(place: Place | undefined): HdcpData | undefined {
  if (!place) return undefined
  return {
    ...optional('hlsHdcpLevel', textAttribute(place, 'HLSHDCPLevel')),
    ...optional('outputProtection', childText(place, 'HDCPOutputProtectionData')),
  }
}

/** CPIX 2.3 4.3.3: a 128-bit value. */
function ivOf(text: string): Uint8Array {
  const iv = base64Bytes(text, 'ContentKey@explicitIV')
  if (iv.length !== 16)
    throw new HeadendError('CPIX_IV', `ContentKey@explicitIV: expected 16 bytes, got ${iv.length}`, {
      status: 422,
    })
  return iv
}
