/** Reads CPIX: the data, and the XML tree it is in, so that unknown content is kept. */
import { HeadendError } from '../../errors.ts'
import { optional } from '../optional.ts'
import { readXml } from '../xml/read.ts'
import { localName, writeXml, type XmlDocument } from '../xml/tree.ts'
import type { Cpix, HistoryItem, KeyPeriod } from './model.ts'
import { isOurs, type Place, placeOf, placesOf } from './names.ts'
import { need, numberOf, textAttribute } from './read-attributes.ts'
import { readContentKey, readDelivery } from './read-keys.ts'
import { readDrmSystem } from './read-system.ts'
import { readUsageRule } from './read-usage.ts'

/** A parsed document. */
export interface CpixDocument {
  readonly xml: XmlDocument
  readonly cpix: Cpix
}

/** The maximum size of a document. */
export const CPIX_LIMITS = { bytes: 1024 * 1024, keys: 4096 } as const

/** Reads a document; bytes are always taken as UTF-8. */
export function readCpix(source: string | Uint8Array): CpixDocument {
  const size = source.length
  if (size > CPIX_LIMITS.bytes)
    throw new HeadendError('CPIX_SIZE', `CPIX: expected at most ${CPIX_LIMITS.bytes} bytes, got ${size}`, {
      status: 413,
    })
  const xml = readXml(typeof source === 'string' ? source : utf8(source))
  refuseCharset(xml.head)
  const root = placeOf(xml.root)
  if (localName(xml.root.name) !== 'CPIX' || !isOurs(root))
    throw new HeadendError('CPIX_ROOT', `expected a CPIX document, got <${xml.root.name.slice(0, 80)}>`)
  return { xml, cpix: cpixOf(root) }
}

/** The document as text; an unchanged one is identical to the byte. */
export function writeCpix({ xml }: CpixDocument): string {
  return writeXml(xml)
}

/** The items of one kind in all lists of that kind. */
function itemsOf(root: Place, list: string, item: string): Place[] {
  return placesOf(root, list).flatMap((place) => placesOf(place, item))
}

function cpixOf(root: Place): Cpix {
  const keys = itemsOf(root, 'ContentKeyList', 'ContentKey')
  if (keys.length > CPIX_LIMITS.keys)
    throw new HeadendError(
      'CPIX_KEYS',
      `expected at most ${CPIX_LIMITS.keys} content keys, got ${keys.length}`,
      {
        status: 413,
      },
    )
  return {
    ...optional('id', textAttribute(root, 'id')),
    ...optional('contentId', textAttribute(root, 'contentId')),
    ...optional('name', textAttribute(root, 'name')),
    ...optional('version', textAttribute(root, 'version')),
    deliveries: itemsOf(root, 'DeliveryDataList', 'DeliveryData').map(readDelivery),
    keys: keys.map(readContentKey),
    systems: itemsOf(root, 'DRMSystemList', 'DRMSystem').map(readDrmSystem),
    periods: itemsOf(root, 'ContentKeyPeriodList', 'ContentKeyPeriod').map(readPeriod),
    rules: itemsOf(root, 'ContentKeyUsageRuleList', 'ContentKeyUsageRule').map(readUsageRule),
    history: itemsOf(root, 'UpdateHistoryItemList', 'UpdateHistoryItem').map(readHistoryItem),
  }
}

function readPeriod(place: Place): KeyPeriod {
  return {
    ...optional('id', textAttribute(place, 'id')),
    ...optional('index', numberOf(place, 'index')),
    ...optional('label', textAttribute(place, 'label')),
    ...optional('start', textAttribute(place, 'start')),
    ...optional('end', textAttribute(place, 'end')),
    ...optional('startOffset', textAttribute(place, 'startOffset')),
    ...optional('endOffset', textAttribute(place, 'endOffset')),
    ...optional('duration', textAttribute(place, 'duration')),
  }
}

function readHistoryItem(place: Place): HistoryItem {
  return {
    ...optional('id', textAttribute(place, 'id')),
    updateVersion: numberOf(place, 'updateVersion') ?? 0,
    index: need(place, 'index'),
    source: need(place, 'source'),
    date: need(place, 'date'),
  }
}

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new HeadendError('CPIX_CHARSET', 'CPIX: expected UTF-8', { status: 415, cause })
  }
}

/** Throws if the XML declaration names an encoding other than UTF-8 or US-ASCII. */
function refuseCharset(head: string): void {
  const encoding = /^\ufeff?<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([\w.-]{1,40})["']/.exec(head)?.[1]
  if (encoding !== undefined && !/^(?:utf-?8|us-ascii)$/i.test(encoding))
    throw new HeadendError('CPIX_CHARSET', `CPIX: expected UTF-8, got ${encoding}`, { status: 415 })
}
