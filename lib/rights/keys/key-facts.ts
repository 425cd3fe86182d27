/** What a manifest may say of a key, for each DRM system of a policy; the key itself is never here. */

import { base64Text } from '../../formats/base64.ts'
import {
  fairPlayHlsKey,
  hlsKeyOf,
  kidsPssh,
  type PsshBox,
  playReadyPssh,
  psshText,
  SYSTEM,
  skdUri,
  widevinePssh,
  wrmHeaderOf,
} from '../../formats/pssh/index.ts'
import { hexBytes, uuidText } from '../../formats/uuid.ts'
import type { KeyFacts, KeyPeriod, KeySystem } from '../../timeline/timeline.ts'
import type { CencScheme, DrmSystem } from '../protection/policy.ts'
import type { KeyRecord } from './content-key.ts'

/** How keys are signalled. */
export interface Signalling {
  readonly scheme: CencScheme
  readonly systems: readonly DrmSystem[]
  /** Where licences are had, without a slash at its end. */
  readonly licenceUrl: string
}

/** A key without what wraps it. */
export type PublicKey = Omit<KeyRecord, 'wrapped'>

/** A period with the keys made for it. */
export interface MadePeriod {
  readonly index: number
  /** Milliseconds of media time (films) or of the epoch (live). */
  readonly fromMs: number
  readonly keys: readonly PublicKey[]
}

/** Key periods for a timeline; `ticksOf` turns a period's beginning into the timeline's ticks. */
export function keyPeriodsOf(
  periods: readonly MadePeriod[],
  signalling: Signalling,
  ticksOf: (fromMs: number) => number,
): KeyPeriod[] {
  return periods.map(({ index, fromMs, keys }) => ({
    index,
    from: ticksOf(fromMs),
    keys: keys.map((key) => keyFactsOf(key, signalling)),
  }))
}

/** What may be said of one key. */
function keyFactsOf(key: PublicKey, signalling: Signalling): KeyFacts {
  const { label, kid, iv } = key
  const systems = signalling.systems.flatMap((system) => systemFacts(system, key, signalling) ?? [])
  return { label, kid, ...(signalling.scheme === 'cbcs' && { iv }), systems }
}

function systemFacts(
  system: DrmSystem,
  { contentId, kid: hex, checksum }: PublicKey,
  { scheme, licenceUrl: root }: Signalling,
): KeySystem | undefined {
  const bytes = hexBytes(hex, 'kid')
  const kid = uuidText(bytes)
  const licenceUrl = `${root}/${system}`
  switch (system) {
    case 'widevine':
      return fromBox(widevinePssh({ kids: [kid], protectionScheme: scheme }), scheme, licenceUrl)
    case 'playready': {
      // Native clients look for the licence server here; players in browsers are told by dashif:Laurl.
      const header = wrmHeaderOf([kid], scheme, { checksums: new Map([[kid, checksum]]), laUrl: licenceUrl })
      return fromBox(playReadyPssh({ header }), scheme, licenceUrl)
    }
    case 'fairplay': {
      // FairPlay knows cbcs alone.
      if (scheme !== 'cbcs') return undefined
      const { uri, keyFormat = '' } = fairPlayHlsKey(skdUri(contentId, kid))
      return { systemId: SYSTEM.fairplay, licenceUrl, hls: { uri, keyFormat, keyFormatVersions: '1' } }
    }
    case 'clearkey':
      return {
        systemId: SYSTEM.clearkey,
        // Browsers read key ids out of W3C's common box, whichever system it stands under.
        pssh: psshText(kidsPssh(SYSTEM.common, [kid])),
        licenceUrl,
        hls: {
          uri: `data:text/plain;base64,${base64Text(bytes)}`,
          keyFormat: 'org.w3.clearkey',
          keyFormatVersions: '1',
        },
      }
  }
}

function fromBox(box: PsshBox, scheme: CencScheme, licenceUrl: string): KeySystem {
  const key = hlsKeyOf(box, scheme)
  return {
    systemId: box.systemId,
    pssh: psshText(box),
    licenceUrl,
    ...(key && {
      hls: { uri: key.uri, keyFormat: key.keyFormat ?? 'identity', keyFormatVersions: '1' },
    }),
  }
}
