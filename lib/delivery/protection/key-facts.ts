/** Key signalling for each DRM system of the content; never the key itself. */

import { base64Text } from '../../formats/base64.ts'
import { FAIRPLAY_KEY_FORMAT, SYSTEM, skdUri } from '../../formats/pssh/index.ts'
import type { ContentId } from '../../timeline/ids.ts'
import { dashedKid, filledTemplate, kidBytes } from '../../timeline/key-boxes.ts'
import {
  type CencScheme,
  type DrmSystem,
  keysInBand,
  type StoredKeyFacts,
  type StoredProtection,
} from '../../timeline/stored-protection.ts'
import type { KeyFacts, KeyPeriod, KeySystem } from '../../timeline/timeline.ts'

/** Key signalling options of a request. */
export interface Signalling {
  readonly stored: StoredProtection
  readonly scheme: CencScheme
  /** `org.w3.clearkey` or `identity`: HLS players know one of them, and fail if given both. */
  readonly clearKeyFormat: string
  /** The manifest names the first of many keys; the media signals the rest. */
  readonly inBand?: boolean
  /** Media seconds of the first segment under the first of its keys, where that segment is not at hand. */
  readonly beganSeconds?: number | undefined
}

/** The key periods of content in a timeline's ticks. */
export function keyPeriodsOf(contentId: ContentId, signalling: Signalling, timescale: number): KeyPeriod[] {
  const { stored, inBand, beganSeconds } = signalling
  const told = stored.periods.filter(
    (_, i, { length }) => !inBand || i === 0 || (i % keysInBand === 0 && length - i >= keysInBand),
  )
  return told.map(({ index, fromMs, keys }, i) => ({
    index,
    from: Math.round((fromMs * timescale) / 1000),
    ...(i === 0 && beganSeconds !== undefined && { beganSeconds }),
    keys: keys.map((key) => factsOf(contentId, key, signalling)),
  }))
}

function factsOf(contentId: ContentId, key: StoredKeyFacts, signalling: Signalling): KeyFacts {
  const { label, kid, iv } = key
  const { scheme, stored } = signalling
  let systems: readonly KeySystem[] | undefined
  return {
    label,
    kid,
    ...(scheme === 'cbcs' && { iv }),
    // Computed lazily: an asset with a thousand periods has four thousand keys, and a window shows a few.
    get systems() {
      systems ??= stored.systems.flatMap(
        (system) => systemFacts(system, { contentId, key, signalling }) ?? [],
      )
      return systems
    },
  }
}

interface SystemKey {
  readonly contentId: ContentId
  readonly key: StoredKeyFacts
  readonly signalling: Signalling
}

function systemFacts(
  system: DrmSystem,
  { contentId, key, signalling: { scheme, stored, clearKeyFormat, inBand } }: SystemKey,
): KeySystem | undefined {
  const robustness = stored.robustness?.[system]
  const licenceUrl = `${stored.licenceUrl}/${system}`
  const common = { systemId: SYSTEM[system], licenceUrl, ...(robustness && { robustness }) }
  const boxes = stored.boxes[scheme]
  // A player that gets a PSSH box from the manifest ignores those in the media.
  if (inBand && (system === 'widevine' || system === 'playready')) return common
  switch (system) {
    case 'widevine': {
      if (!boxes?.widevine) return undefined
      const pssh = base64Text(filledTemplate(boxes.widevine, key))
      return { ...common, pssh, hls: hls(`data:text/plain;base64,${pssh}`, `urn:uuid:${SYSTEM.widevine}`) }
    }
    case 'playready': {
      if (!boxes?.playready) return undefined
      const box = filledTemplate(boxes.playready, key)
      const pro = base64Text(box.subarray(psshHeadBytes))
      const uri = `data:text/plain;charset=UTF-16;base64,${pro}`
      return { ...common, pssh: base64Text(box), pro, hls: hls(uri, 'com.microsoft.playready') }
    }
    case 'fairplay':
      // FairPlay supports only cbcs.
      if (scheme !== 'cbcs') return undefined
      return {
        ...common,
        hls: hls(skdUri(contentId, dashedKid(key.kid)), FAIRPLAY_KEY_FORMAT),
      }
    case 'clearkey': {
      // No PSSH box: the default KID is enough, and dash.js would read a box as a list of key IDs.
      const isOwn = clearKeyFormat === 'identity'
      const kid = base64Text(kidBytes(key.kid))
      const uri = isOwn ? `${licenceUrl}/${key.kid}` : `data:text/plain;base64,${kid}`
      return { ...common, hls: hls(uri, clearKeyFormat) }
    }
  }
}

/** Size, type, version and flags, SystemID, and data length of a PSSH box: version 0 lists no kids. */
const psshHeadBytes = 8 + 4 + 16 + 4

const hls = (uri: string, keyFormat: string) => ({ uri, keyFormat, keyFormatVersions: '1' })
