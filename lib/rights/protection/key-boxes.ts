/** PSSH templates with holes for the key's fields, located by writing the box for a dummy key. */
import { base64Text } from '../../formats/base64.ts'
import { guidText, playReadyPssh, widevinePssh, writePssh, wrmHeaderOf } from '../../formats/pssh/index.ts'
import { hexBytes, uuidText } from '../../formats/uuid.ts'
import type { KeyText, PsshTemplate } from '../../timeline/key-boxes.ts'
import type { CencScheme } from '../../timeline/stored-protection.ts'

const kid = hexBytes('0f1e2d3c4b5a69788796a5b4c3d2e1f0', 'kid')
const dashed = uuidText(kid)
const checksum = 'c2FtcGxlc3U='
const utf16 = (text: string): Uint8Array =>
  Uint8Array.from({ length: 2 * text.length }, (_, i) => (i % 2 === 0 ? text.charCodeAt(i / 2) : 0))
const texts: Readonly<Record<KeyText, Uint8Array>> = {
  kid,
  guid: utf16(guidText(dashed)),
  checksum: utf16(checksum),
}

/** Widevine's pssh. */
export const widevineBox = (scheme: CencScheme): PsshTemplate =>
  withHoles(writePssh(widevinePssh({ kids: [dashed], protectionScheme: scheme })), ['kid'])

/** PlayReady's pssh, with the licence URL native clients look for; only cenc has checksums. */
export const playReadyBox = (scheme: CencScheme, licenceUrl: string): PsshTemplate => {
  const checksums = new Map([[dashed, checksum]])
  const header = wrmHeaderOf([dashed], scheme, { checksums, laUrl: licenceUrl })
  return withHoles(writePssh(playReadyPssh({ header })), scheme === 'cenc' ? ['guid', 'checksum'] : ['guid'])
}

function withHoles(bytes: Uint8Array, wanted: readonly KeyText[]): PsshTemplate {
  const holes = wanted.map((what) => [offsetOf(bytes, texts[what]), what] as const)
  return { bytes: base64Text(bytes), holes }
}

/** Always found: the box was written with it. */
const offsetOf = (bytes: Uint8Array, part: Uint8Array): number => Buffer.from(bytes).indexOf(part)
