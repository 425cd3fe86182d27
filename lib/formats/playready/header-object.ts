/** The keys of a PlayReady Object, from its headers. */
import { HeadendError } from '../../errors.ts'
import { PLAYREADY_RECORD, readPlayReadyObject } from '../pssh/playready-object.ts'
import { readHeaderKeys } from './header-keys.ts'

/** Reads them, 32 hex digits each; refuses an object without a header, or with an unknown record. */
export function readHeaderObject(bytes: Uint8Array): string[] {
  const records = readPlayReadyObject(bytes)
  const strange = records.find(
    ({ type }) => type !== PLAYREADY_RECORD.header && type !== PLAYREADY_RECORD.licenceStore,
  )
  const headers = records.filter(({ type }) => type === PLAYREADY_RECORD.header)
  if (strange || headers.length === 0)
    throw new HeadendError(
      'PLAYREADY_CHALLENGE',
      `PlayReady Object: expected records of type 1 and 3, got ${strange ? strange.type : 'no header'}`,
    )
  return headers.flatMap(({ value }) => readHeaderKeys(utf16Text(value)))
}

function utf16Text(bytes: Uint8Array): string {
  try {
    // Some writers end the text with a NUL.
    return new TextDecoder('utf-16le', { fatal: true }).decode(bytes).replace(/\0+$/, '')
  } catch (cause) {
    throw new HeadendError('PLAYREADY_CHALLENGE', 'WRMHEADER: expected UTF-16LE', { cause })
  }
}
