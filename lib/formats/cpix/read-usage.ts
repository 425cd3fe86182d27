/** Reads ContentKeyUsageRule (CPIX 2.3 4.3.6). */
import { optional } from '../optional.ts'
import { localName } from '../xml/tree.ts'
import type { UsageRule } from './model.ts'
import { isOurs, type Place, placesIn, placesOf } from './names.ts'
import { booleanOf, need, needUuid, numberOf, textAttribute } from './read-attributes.ts'

/** Reads a ContentKeyUsageRule. */
export function readUsageRule(place: Place): UsageRule {
  const strange = placesIn(place).filter(
    (child) => !isOurs(child) || !FILTERS.has(localName(child.node.name)),
  )
  return {
    ...optional('id', textAttribute(place, 'id')),
    kid: needUuid(place, 'kid'),
    ...optional('intendedTrackType', textAttribute(place, 'intendedTrackType')),
    periodIds: placesOf(place, 'KeyPeriodFilter').map((filter) => need(filter, 'periodId')),
    labels: placesOf(place, 'LabelFilter').map((filter) => textAttribute(filter, 'label') ?? ''),
    video: placesOf(place, 'VideoFilter').map((filter) => ({
      ...optional('minPixels', numberOf(filter, 'minPixels')),
      ...optional('maxPixels', numberOf(filter, 'maxPixels')),
      ...optional('hdr', booleanOf(filter, 'hdr')),
      ...optional('wcg', booleanOf(filter, 'wcg')),
      ...optional('minFps', numberOf(filter, 'minFps')),
      ...optional('maxFps', numberOf(filter, 'maxFps')),
    })),
    audio: placesOf(place, 'AudioFilter').map((filter) => ({
      ...optional('minChannels', numberOf(filter, 'minChannels')),
      ...optional('maxChannels', numberOf(filter, 'maxChannels')),
    })),
    bitrate: placesOf(place, 'BitrateFilter').map((filter) => ({
      ...optional('minBitrate', numberOf(filter, 'minBitrate')),
      ...optional('maxBitrate', numberOf(filter, 'maxBitrate')),
    })),
    unknown: strange.map(({ node }) => node.name),
  }
}

const FILTERS = new Set(['KeyPeriodFilter', 'LabelFilter', 'VideoFilter', 'AudioFilter', 'BitrateFilter'])
