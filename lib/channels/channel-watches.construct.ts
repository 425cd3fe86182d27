/** What channels are watched for: metrics of what their functions log, alarms, and what to do about them. */
import { Duration } from 'aws-cdk-lib'
import type { HouseFunction } from '../platform/constructs/function.construct.ts'
import type { Watch } from '../platform/constructs/watch.construct.ts'

/** Lines of the feed's log that say an object was not taken, or not whole. */
const refused = ['unreadable', 'passed over', 'damaged', 'outlying time']
  .map((what) => `$.message = "feed: ${what}"`)
  .join(' || ')

/** Those of the feed, and of the minute's look at all channels. */
export function channelWatches(feed: HouseFunction, minute: HouseFunction): readonly Watch[] {
  return [
    {
      id: 'ChannelsSilent',
      title: 'Channels without input',
      advice:
        'No segment of a channel has come for two segment durations: the log of ChannelsMinute says which and for how long. Look at its encoder; delete a channel that is over.',
      metric: minute
        .measureLines('ChannelsSilent', '{ $.silent = * }', '$.silent')
        .with({ period: Duration.minutes(1) }),
      wrong: { above: 0 },
      unit: 'count',
      periods: 1,
    },
    {
      id: 'ChannelsBehind',
      title: 'Channels behind',
      advice:
        'The last segment of a channel ended long ago when the next minute began: its encoder, its network or ingest is slow. The age of ChannelsQueue says whether it is ingest.',
      metric: minute
        .measureLines('ChannelsBehind', '{ $.behindSeconds = * }', '$.behindSeconds')
        .with({ period: Duration.minutes(1) }),
      beside: [
        minute
          .measureLines('ChannelsSegmentSeconds', '{ $.maxSegmentSeconds = * }', '$.maxSegmentSeconds')
          .with({ period: Duration.minutes(1), label: 'longest segment' }),
      ],
      // Two segments of 20 s and the time until they are there.
      wrong: { above: 60 },
      unit: 's',
      periods: 3,
    },
    {
      id: 'ChannelsGaps',
      title: 'Gaps of channels in an hour',
      advice:
        'Viewers of a channel jump: segments of it never came. The log of ChannelsMinute says of which channel; look at its encoder and network, or give it a second pipeline.',
      metric: minute
        .measureLines('ChannelsGaps', '{ $.gapSeconds = * }', '$.gapSeconds')
        .with({ period: Duration.hours(1), statistic: 'Sum' }),
      wrong: { above: 30 },
      unit: 's',
      periods: 1,
    },
    {
      id: 'ChannelsRefused',
      title: 'Objects of feeds refused',
      advice:
        'Objects of an encoder are damaged, of a form that is not taken, too long or too large: the log of ChannelsFeed says which and why; see docs/encoders.md.',
      metric: feed.countLines('Refused', `{ $.level = "WARN" && (${refused}) }`),
      beside: [
        minute
          .measureLines('ChannelsSegmentBytes', '{ $.maxSegmentBytes = * }', '$.maxSegmentBytes')
          .with({ label: 'bytes of the largest segment' }),
      ],
      wrong: { above: 20 },
      unit: 'count',
      periods: 1,
    },
    {
      id: 'ChannelsCues',
      title: 'Segments behind their cues',
      advice:
        'Breaks of a channel are not cut where they should be: its encoder makes no key frame at cues, or cues come too late. The timeline of the channel in the console says of which; see docs/encoders.md.',
      metric: minute
        .measureLines('ChannelsCues', '{ $.cueLateSeconds = * }', '$.cueLateSeconds')
        .with({ period: Duration.minutes(1) }),
      // Further from its cue than most viewers of a break forgive.
      wrong: { above: 1 },
      unit: 's',
      periods: 1,
    },
    {
      id: 'ChannelsDrift',
      title: 'Drift of encoders in an hour',
      advice:
        'The clock of an encoder goes wrong by more than crystals do: set it by NTP, or look at its source. The log of ChannelsMinute says which channel.',
      metric: minute
        .measureLines('ChannelsDrift', '{ $.driftMs = * }', '$.driftMs')
        .with({ period: Duration.minutes(1) }),
      // 200 millionths, which no crystal is off by.
      wrong: { above: 720 },
      unit: 'ms',
      periods: 15,
    },
  ]
}
