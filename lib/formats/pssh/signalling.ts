/** The signalling of a key in manifests: the children of DASH's ContentProtection, and HLS key tags. */
import { base64Text } from '../base64.ts'
import { type HlsKey } from '../hls/playlist.ts'
import { optional } from '../optional.ts'
import { hexText } from '../uuid.ts'
import { type PsshBox } from './box.ts'
import { psshText } from './describe.ts'
import { FAIRPLAY_KEY_FORMAT } from './fairplay.ts'
import { SYSTEM } from './systems.ts'

/**
 * Elements for DASH's ContentProtection, each with its namespace: `cenc:pssh` (ISO/IEC 23001-7 11.2.3), and
 * PlayReady's object as `mspr:pro` beside it.
 */
export function contentProtectionMarkup(box: PsshBox): string {
  const pssh = `<cenc:pssh xmlns:cenc="urn:mpeg:cenc:2013">${psshText(box)}</cenc:pssh>`
  if (box.systemId !== SYSTEM.playready) return pssh
  return `${pssh}<mspr:pro xmlns:mspr="urn:microsoft:playready">${base64Text(box.data)}</mspr:pro>`
}

/** A system's key in HLS; undefined if HLS has no KEYFORMAT for it. */
export function hlsKeyOf(box: PsshBox, scheme: string): HlsKey | undefined {
  const method = hlsMethod(scheme)
  if (box.systemId === SYSTEM.playready)
    return {
      method,
      uri: `data:text/plain;charset=UTF-16;base64,${base64Text(box.data)}`,
      keyFormat: 'com.microsoft.playready',
      keyFormatVersions: '1',
    }
  if (box.systemId !== SYSTEM.widevine) return undefined
  return {
    method,
    uri: `data:text/plain;base64,${psshText(box)}`,
    keyFormat: `urn:uuid:${SYSTEM.widevine}`,
    keyFormatVersions: '1',
  }
}

/** FairPlay's key: `uri` is a `skd://`; the IV is in the tag only for transport streams. */
export function fairPlayHlsKey(uri: string, iv?: Uint8Array): HlsKey {
  return {
    method: 'SAMPLE-AES',
    uri,
    ...optional('iv', iv && hexText(iv)),
    keyFormat: FAIRPLAY_KEY_FORMAT,
    keyFormatVersions: '1',
  }
}

/** METHOD for a Common Encryption scheme; HLS's own names map to themselves (CPIX 2.4). */
export function hlsMethod(scheme: string): HlsKey['method'] {
  if (scheme === 'AES-128' || scheme === 'SAMPLE-AES' || scheme === 'SAMPLE-AES-CTR') return scheme
  return scheme === 'cenc' || scheme === 'cens' ? 'SAMPLE-AES-CTR' : 'SAMPLE-AES'
}
