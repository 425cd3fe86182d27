/** PlayReady's protection data: a header in an object, the same for pssh, mspr:pro, Smooth Streaming and HLS. */
import { HeadendError } from '../../errors.ts'
import { optional } from '../optional.ts'
import { PLAYREADY_RECORD, readPlayReadyObject, writePlayReadyObject } from './playready-object.ts'
import { printWrmHeader, readWrmHeader, type WrmHeader } from './wrm-header.ts'

/** A parsed object. */
export interface PlayReady {
  /** The object's own length field, in bytes. */
  readonly length: number
  readonly records: readonly PlayReadyContent[]
}

/** A record; a header as text and parsed. */
export interface PlayReadyContent {
  readonly type: number
  readonly value: Uint8Array
  readonly text?: string
  readonly header?: WrmHeader
}

/** Reads the data of PlayReady's pssh, which is also what `mspr:pro` carries in base64. */
export function readPlayReady(data: Uint8Array): PlayReady {
  return { length: data.length, records: readPlayReadyObject(data).map(contentOf) }
}

/** The object for a header, UTF-16LE without byte order mark; `licences` is an embedded store, if there is one. */
export function writePlayReady(header: WrmHeader, licences?: Uint8Array): Uint8Array {
  const record = { type: PLAYREADY_RECORD.header, value: utf16(printWrmHeader(header)) }
  const store = licences && { type: PLAYREADY_RECORD.licenceStore, value: licences }
  return writePlayReadyObject(store ? [record, store] : [record])
}

function contentOf({ type, value }: { readonly type: number; readonly value: Uint8Array }): PlayReadyContent {
  if (type !== PLAYREADY_RECORD.header) return { type, value }
  const text = utf16Text(value)
  return { type, value, text, ...optional('header', readWrmHeader(text)) }
}

function utf16(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 2)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), true)
  return bytes
}

function utf16Text(bytes: Uint8Array): string {
  try {
    // some writers end the text with a NUL
    return new TextDecoder('utf-16le', { fatal: true }).decode(bytes).replace(/\0+$/, '')
  } catch (cause) {
    throw new HeadendError('PLAYREADY_HEADER', 'WRMHEADER: expected UTF-16LE', { cause })
  }
}
