/** Describes a pssh as plain JSON, for people and programs. */
import { HeadendError } from '../../errors.ts'
import { base64Bytes, base64Text } from '../base64.ts'
import { optional } from '../optional.ts'
import { hexBytes, hexText } from '../uuid.ts'
import { type PsshBox, readPssh, writePssh } from './box.ts'
import { readPlayReady } from './playready.ts'
import { systemName } from './system-names.ts'
import { SYSTEM } from './systems.ts'
import { type EntitledKey, readWidevine } from './widevine.ts'

/** A box with its system's data parsed; `problem` if the data is invalid for the system. */
export interface PsshDescription {
  readonly version: number
  readonly flags: number
  readonly systemId: string
  readonly system?: string
  readonly kids: readonly string[]
  readonly dataHex: string
  readonly restHex?: string
  readonly widevine?: object | null
  readonly playready?: object | null
  readonly problem?: string
}

/** Parses boxes from text as tools exchange it: base64, or hexadecimal digits. */
export function psshOfText(text: string): PsshBox[] {
  const bare = text.replaceAll(/\s+/g, '')
  // "pssh" in the type field distinguishes them: hex of it is never base64 of it
  const isHex = /^[\da-f]{8}70737368/i.test(bare)
  return readPssh(isHex ? hexBytes(bare, 'pssh') : base64Bytes(bare, 'pssh'))
}

/** The box in base64. */
export function psshText(box: PsshBox): string {
  return base64Text(writePssh(box))
}

/** The description of a box. */
export function describePssh(box: PsshBox): PsshDescription {
  const { version, flags, systemId, kids, data, rest } = box
  return {
    version,
    flags,
    systemId,
    ...optional('system', systemName(systemId)),
    kids,
    dataHex: hexText(data),
    ...optional('restHex', rest && hexText(rest)),
    ...(systemId === SYSTEM.widevine ? told('widevine', () => describeWidevine(data)) : {}),
    ...(systemId === SYSTEM.playready ? told('playready', () => describePlayReady(data)) : {}),
  }
}

/** Data of a known system may still be invalid: real files contain placeholders. */
function told(name: 'widevine' | 'playready', tell: () => object): Partial<PsshDescription> {
  try {
    return { [name]: tell() }
  } catch (error) {
    if (!(error instanceof HeadendError)) throw error
    return { [name]: null, problem: `${error.code}: ${error.message}` }
  }
}

function describeWidevine(data: Uint8Array): object {
  const { keyIds, contentId, groupedLicense, groupIds, entitledKeys, unknown, ...plain } = readWidevine(data)
  return {
    ...optional('keyIds', keyIds.length > 0 ? keyIds : undefined),
    ...plain,
    ...optional('contentId', contentId && hexText(contentId)),
    ...optional('groupedLicense', groupedLicense && hexText(groupedLicense)),
    ...optional('groupIds', groupIds?.map(hexText)),
    ...optional('entitledKeys', entitledKeys?.map(describeEntitledKey)),
    ...optional('unknown', unknown?.map(hexText)),
  }
}

function describeEntitledKey({ key, iv, unknown, ...plain }: EntitledKey): object {
  return {
    ...plain,
    ...optional('key', key && hexText(key)),
    ...optional('iv', iv && hexText(iv)),
    ...optional('unknown', unknown?.map(hexText)),
  }
}

/** Members are named like the header's elements. */
function describePlayReady(data: Uint8Array): object {
  const { length, records } = readPlayReady(data)
  return {
    length,
    records: records.map(({ type, value, text, header }) => {
      if (!header) return { type, valueHex: hexText(value) }
      return {
        type,
        wrmheader: text,
        version: header.version,
        kids: header.kids.map(({ kid, algId, checksum }) => ({
          kid,
          algid: algId ?? null,
          checksum: checksum ?? null,
        })),
        ...optional('LA_URL', header.laUrl),
        ...optional('LUI_URL', header.luiUrl),
        ...optional('DS_ID', header.dsId),
        ...optional('CUSTOMATTRIBUTES', header.customAttributes),
        ...optional('DECRYPTORSETUP', header.decryptorSetup),
        ...optional('LICENSEREQUESTED', header.licenseRequested),
      }
    }),
  }
}
