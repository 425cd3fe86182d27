/** Audio in DASH: channel configuration, audio objects and accessibility. */
import { defaultLayout } from '../../formats/channel-layout.ts'
import type { Descriptor } from '../../formats/dash/index.ts'
import type { TrackConfig } from '../../timeline/timeline.ts'

const cicp = 'urn:mpeg:mpegB:cicp:ChannelConfiguration'
/** Gives the number of channels but not their positions. */
const counted = 'urn:mpeg:dash:23003:3:audio_channel_configuration:2011'
/** ETSI TS 102 366 I.1.2.1. */
const dolby = 'tag:dolby.com,2014:dash:audio_channel_configuration:2011'
/** ETSI TS 103 420 D.2. */
const extensionType = 'tag:dolby.com,2018:dash:EC3_ExtensionType:2018'
const extensionComplexity = 'tag:dolby.com,2018:dash:EC3_ExtensionComplexityIndex:2018'
const audioPurpose = 'urn:tva:metadata:cs:AudioPurposeCS:2007'

/** AudioChannelConfiguration descriptors; Dolby's first for Dolby audio. */
export function channelDescriptors({ channels, channelLayout, dolbyChannels }: TrackConfig): Descriptor[] {
  if (channels === undefined) return []
  const layout = channelLayout ?? defaultLayout(channels)
  const places =
    dolbyChannels === undefined
      ? []
      : [{ schemeIdUri: dolby, value: dolbyChannels.toString(16).toUpperCase().padStart(4, '0') }]
  if (layout > 0) return [...places, { schemeIdUri: cicp, value: String(layout) }]
  return places.length > 0 ? places : [{ schemeIdUri: counted, value: String(channels) }]
}

/** SupplementalProperty descriptors of object-based audio. */
export const objectDescriptors = ({ jointObjects }: TrackConfig): Descriptor[] =>
  jointObjects === undefined
    ? []
    : [
        { schemeIdUri: extensionType, value: 'JOC' },
        { schemeIdUri: extensionComplexity, value: String(jointObjects) },
      ]

/** Accessibility descriptors by DASH role, with the TV-Anytime terms that DVB requires. */
export const purposeDescriptors = (roles: readonly string[]): Descriptor[] =>
  roles.flatMap((role) => {
    const value = purposes[role]
    return value ? [{ schemeIdUri: audioPurpose, value }] : []
  })

/** For the visually impaired (1) and the hard of hearing (2). */
const purposes: Readonly<Record<string, string>> = {
  description: '1',
  'enhanced-audio-intelligibility': '2',
}
