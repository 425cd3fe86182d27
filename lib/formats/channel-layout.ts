/** ChannelConfiguration of ISO/IEC 23091-3, by which manifests say where loudspeakers stand. */

/** Channels, and where they are to be heard. */
export interface Speakers {
  readonly channels: number
  /** ChannelConfiguration, 0 where none fits; absent where it is the usual one for so many channels. */
  readonly layout?: number
}

/** Channels of the configurations AAC has in common with it; 0 for those it has not. */
const channelCounts = [0, 1, 2, 3, 4, 5, 6, 8, 2, 3, 4, 7, 8, 24, 8]

/** What most have that many channels for; 0 where there is no such layout. */
export const defaultLayout = (channels: number): number =>
  channels < 7 ? channels : ({ 7: 11, 8: 12, 24: 13 }[channels] ?? 0)

/** The speakers of a configuration; no channels where it is 0 or unknown. */
export const speakersOf = (configuration: number): Speakers =>
  speakers(channelCounts[configuration] ?? 0, configuration)

/** Says the layout only where it is not the usual one. */
export const speakers = (channels: number, layout: number): Speakers => ({
  channels,
  ...(layout !== defaultLayout(channels) && { layout }),
})
