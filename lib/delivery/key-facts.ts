/** What a manifest says of a key, for each DRM system of a content; the key itself is never here. */
import { base64Text } from '../formats/base64.ts'
import {
  fairPlayHlsKey,
  hlsKeyOf,
  type PsshBox,
  playReadyPssh,
  psshText,
  SYSTEM,
  skdUri,
  widevinePssh,
  wrmHeaderOf,
} from '../formats/pssh/index.ts'
import { hexBytes, uuidText } from '../formats/uuid.ts'
import type {
  CencScheme,
  DrmSystem,
  StoredKeyFacts,
  StoredProtection,
} from '../timeline/stored-protection.ts'
import type { KeyFacts, KeyPeriod, KeySystem } from '../timeline/timeline.ts'

/** How one request wants keys signalled. */
export interface Signalling {
  readonly stored: StoredProtection
  readonly scheme: CencScheme
  /** `org.w3.clearkey` or `identity`: players of HLS know one or the other, and trip over both. */
  readonly clearKeyFormat: string
}

/** A content's key periods in a timeline's ticks. */
export function keyPeriodsOf(contentId: string, signalling: Signalling, timescale: number): KeyPeriod[] {
  return signalling.stored.periods.map(({ index, fromMs, keys }) => ({
    index,
    from: Math.round((fromMs * timescale) / 1000),
    keys: keys.map((key) => factsOf(contentId, key, signalling)),
  }))
}

function factsOf(contentId: string, key: StoredKeyFacts, signalling: Signalling): KeyFacts {
  const { label, kid, iv } = key
  const { scheme, stored } = signalling
  let systems: readonly KeySystem[] | undefined
  return {
    label,
    kid,
    ...(scheme === 'cbcs' && { iv }),
    // A film of a thousand periods has four thousand of these, and a window shows a few.
    get systems() {
      systems ??= stored.systems.flatMap(
        (system) => systemFacts(system, { contentId, key, signalling }) ?? [],
      )
      return systems
    },
  }
}

interface SystemKey {
  readonly contentId: string
  readonly key: StoredKeyFacts
  readonly signalling: Signalling
}

function systemFacts(
  system: DrmSystem,
  { contentId, key, signalling: { scheme, stored, clearKeyFormat } }: SystemKey,
): KeySystem | undefined {
  const bytes = hexBytes(key.kid, 'kid')
  const kid = uuidText(bytes)
  const robustness = stored.robustness?.[system]
  const common = { licenceUrl: `${stored.licenceUrl}/${system}`, ...(robustness && { robustness }) }
  switch (system) {
    case 'widevine':
      return fromBox(widevinePssh({ kids: [kid], protectionScheme: scheme }), scheme, common)
    case 'playready': {
      // Native clients look for the licence server here; players in browsers are told by dashif:Laurl.
      const checksums = new Map([[kid, key.checksum]])
      const header = wrmHeaderOf([kid], scheme, { checksums, laUrl: common.licenceUrl })
      return fromBox(playReadyPssh({ header }), scheme, common)
    }
    case 'fairplay': {
      // FairPlay knows cbcs alone.
      if (scheme !== 'cbcs') return undefined
      const { uri, keyFormat = '' } = fairPlayHlsKey(skdUri(contentId, kid))
      return { systemId: SYSTEM.fairplay, ...common, hls: { uri, keyFormat, keyFormatVersions: '1' } }
    }
    case 'clearkey':
      return {
        // Without a box: the default KID says it all, and dash.js takes a box for a list of key ids.
        systemId: SYSTEM.clearkey,
        ...common,
        hls: {
          uri:
            clearKeyFormat === 'identity'
              ? `${common.licenceUrl}/${key.kid}`
              : `data:text/plain;base64,${base64Text(bytes)}`,
          keyFormat: clearKeyFormat,
          keyFormatVersions: '1',
        },
      }
  }
}

function fromBox(
  box: PsshBox,
  scheme: CencScheme,
  common: Pick<KeySystem, 'licenceUrl' | 'robustness'>,
): KeySystem {
  const key = hlsKeyOf(box, scheme)
  return {
    systemId: box.systemId,
    pssh: psshText(box),
    ...(box.systemId === SYSTEM.playready && { pro: base64Text(box.data) }),
    ...common,
    ...(key && { hls: { uri: key.uri, keyFormat: key.keyFormat ?? 'identity', keyFormatVersions: '1' } }),
  }
}
