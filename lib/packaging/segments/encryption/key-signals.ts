/** Signalling of the key in the media; all of it derives from the key, whatever a policy says later. */
import { type Aes, encipherBlock } from '../../../formats/cenc/index.ts'
import type { TrackEncryption } from '../../../formats/isobmff/index.ts'
import {
  kidsPssh,
  playReadyChecksum,
  playReadyPssh,
  SYSTEM,
  widevinePssh,
  writePssh,
  wrmHeaderOf,
} from '../../../formats/pssh/index.ts'
import { hexBytes, uuidText } from '../../../formats/uuid.ts'
import type { CencScheme } from '../../../timeline/stored-protection.ts'
import type { MediaKey } from '../media-rights.ts'
import { patternOf } from './protect-segment.ts'

/** Decryption parameters: the same fields in `tenc` and in `seig`. */
export function trackEncryption(
  type: 'video' | 'audio',
  scheme: CencScheme,
  { kid, iv }: MediaKey,
): TrackEncryption {
  return {
    kid: hexBytes(kid, 'kid'),
    iv: scheme === 'cenc' ? { perSampleBytes: 16 } : { constant: iv },
    ...(scheme === 'cbcs' && { pattern: patternOf(type) }),
  }
}

/** The common `pssh`, which lets players without a manifest find the key. */
export const commonBox = ({ kid }: MediaKey): Uint8Array =>
  writePssh(kidsPssh(SYSTEM.common, [uuidText(hexBytes(kid, 'kid'))]))

/** `pssh` boxes for players whose manifest does not name the key; the manifest still says where to get the licence. */
export function inBandBoxes(aes: Aes, scheme: CencScheme, mediaKey: MediaKey): Uint8Array[] {
  const kid = uuidText(hexBytes(mediaKey.kid, 'kid'))
  const checksum = playReadyChecksum(kid, (block) => encipherBlock(aes, mediaKey.key, block))
  const header = wrmHeaderOf([kid], scheme, { checksums: new Map([[kid, checksum]]) })
  return [
    commonBox(mediaKey),
    writePssh(widevinePssh({ kids: [kid], protectionScheme: scheme })),
    writePssh(playReadyPssh({ header })),
  ]
}
