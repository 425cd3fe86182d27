/** Reads DRMSystem (CPIX 2.3 4.3.4), with the elements that SPEKE 1 adds. */
import { optional } from '../optional.ts'
import { contentOf } from '../xml/tree.ts'
import type { DrmSystem } from './model.ts'
import { type Place, placeIn, placesOf } from './names.ts'
import { childText, needUuid, textAttribute } from './read-attributes.ts'

/** Reads a DRMSystem. */
export function readDrmSystem(place: Place): DrmSystem {
  const protection = placeIn(place, 'ContentProtectionData')
  return {
    ...optional('id', textAttribute(place, 'id')),
    systemId: needUuid(place, 'systemId'),
    kid: needUuid(place, 'kid'),
    ...optional('name', textAttribute(place, 'name')),
    ...optional('hlsAllowedCpc', textAttribute(place, 'HLSAllowedCPC')),
    ...optional('pssh', childText(place, 'PSSH')),
    ...optional('contentProtection', childText(place, 'ContentProtectionData')),
    ...optional('robustness', protection && textAttribute(protection, 'robustness')),
    hls: placesOf(place, 'HLSSignalingData').map((signaling) => ({
      ...optional('playlist', textAttribute(signaling, 'playlist')),
      ...optional('allowedCpc', textAttribute(signaling, 'allowedCPC')),
      value: contentOf(signaling.node),
    })),
    ...optional('smooth', childText(place, 'SmoothStreamingProtectionHeaderData')),
    ...optional('hds', childText(place, 'HDSSignalingData')),
    ...optional('uriExtXKey', childText(place, 'URIExtXKey')),
    ...optional('keyFormat', childText(place, 'KeyFormat')),
    ...optional('keyFormatVersions', childText(place, 'KeyFormatVersions')),
    ...optional('protectionHeader', childText(place, 'ProtectionHeader')),
  }
}
