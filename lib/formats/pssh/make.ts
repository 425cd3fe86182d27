/** Creates boxes of the supported systems from key ids. */
import { type PsshBox } from './box.ts'
import { writePlayReady } from './playready.ts'
import { SYSTEM } from './systems.ts'
import { type WidevineData, writeWidevine } from './widevine.ts'
import type { WrmHeader } from './wrm-header.ts'

/** Every client reads version 0; version 1 repeats the kids in a system-independent place. */
export interface PsshVersion {
  readonly version?: 0 | 1
}

/** The inputs of a Widevine box. Kids have dashes. */
export interface WidevineFacts extends PsshVersion, Omit<WidevineData, 'keyIds'> {
  readonly kids: readonly string[]
}

/** The inputs of a PlayReady box. */
export interface PlayReadyFacts extends PsshVersion {
  readonly header: WrmHeader
  /** An embedded licence store. */
  readonly licences?: Uint8Array
}

/** Widevine's box. */
export function widevinePssh({ kids, version = 0, ...data }: WidevineFacts): PsshBox {
  return box(SYSTEM.widevine, { version, kids, data: writeWidevine({ ...data, keyIds: kids }) })
}

/** PlayReady's box. */
export function playReadyPssh({ header, licences, version = 0 }: PlayReadyFacts): PsshBox {
  const kids = header.kids.map(({ kid }) => kid)
  return box(SYSTEM.playready, { version, kids, data: writePlayReady(header, licences) })
}

/** A box with key ids only: W3C's common one, Clear Key, and any unknown system. */
export function kidsPssh(systemId: string, kids: readonly string[]): PsshBox {
  return box(systemId, { version: 1, kids, data: new Uint8Array(0) })
}

/**
 * The header for keys of a scheme: 4.3 for cbcs, the older 4.2 for cenc, which more devices support (PlayReady Header
 * Object 3.4). Checksums are by kid, and only cenc has them.
 */
export function wrmHeaderOf(
  kids: readonly string[],
  scheme: string,
  { checksums, ...more }: WrmExtras = {},
): WrmHeader {
  const isCbc = scheme !== 'cenc' && scheme !== 'cens'
  return {
    version: isCbc ? '4.3.0.0' : '4.2.0.0',
    kids: kids.map((kid) => {
      const checksum = isCbc ? undefined : checksums?.get(kid)
      const algId = isCbc ? 'AESCBC' : 'AESCTR'
      return checksum === undefined ? { kid, algId } : { kid, algId, checksum }
    }),
    ...more,
  }
}

/** Optional members of a header, other than its keys. */
export interface WrmExtras extends Omit<WrmHeader, 'version' | 'kids'> {
  readonly checksums?: ReadonlyMap<string, string>
}

function box(
  systemId: string,
  {
    version,
    kids,
    data,
  }: { readonly version: 0 | 1; readonly kids: readonly string[]; readonly data: Uint8Array },
): PsshBox {
  return { version, flags: 0, systemId, kids: version === 1 ? kids : [], data }
}
