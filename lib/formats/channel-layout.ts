/** ChannelConfiguration of ISO/IEC 23091-3, by which manifests signal speaker layouts. */

/** The number and layout of channels. */
export interface Speakers {
  readonly channels: number
  /** ChannelConfiguration, 0 if none fits; absent if it is the default for the number of channels. */
  readonly layout?: number
}

/** Channels of the configurations AAC shares with it; 0 for the others. */
const channelCounts = [0, 1, 2, 3, 4, 5, 6, 8, 2, 3, 4, 7, 8, 24, 8]

/** The most common layout for a number of channels; 0 if there is none. */
export const defaultLayout = (channels: number): number =>
  channels < 7 ? channels : ({ 7: 11, 8: 12, 24: 13 }[channels] ?? 0)

/** The speakers of a configuration; no channels if it is 0 or unknown. */
export const speakersOf = (configuration: number): Speakers =>
  speakers(channelCounts[configuration] ?? 0, configuration)

/** Omits the layout if it is the default. */
export const speakers = (channels: number, layout: number): Speakers => ({
  channels,
  ...(layout !== defaultLayout(channels) && { layout }),
})
