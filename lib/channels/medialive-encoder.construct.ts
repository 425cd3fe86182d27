/**
 * Settings of an encoder of MediaLive whose HLS is taken as it is: closed GOPs of one length, segments of whole GOPs,
 * sections of SCTE 35 in the streams and in the playlists, the same cuts in all qualities.
 */
import type { CfnChannel } from 'aws-cdk-lib/aws-medialive'

/** Length of a channel's segments where its description says none. */
const segmentSeconds = 6
const gopSeconds = 2

interface Quality {
  readonly name: string
  readonly width: number
  readonly height: number
  /** Bits per second, at most. */
  readonly bitrate: number
  /** QVBR's: 1 to 10. */
  readonly level: number
}

const qualities: readonly Quality[] = [
  { name: '1080p', width: 1920, height: 1080, bitrate: 5_000_000, level: 8 },
  { name: '720p', width: 1280, height: 720, bitrate: 3_000_000, level: 7 },
  { name: '432p', width: 768, height: 432, bitrate: 1_200_000, level: 7 },
  { name: '234p', width: 416, height: 234, bitrate: 400_000, level: 6 },
]

/** The encoder, which writes to a destination of the channel. */
export const mediaLiveEncoder = (destination: string): CfnChannel.EncoderSettingsProperty => ({
  timecodeConfig: { source: 'SYSTEMCLOCK' },
  // Key frames where breaks begin and end.
  availConfiguration: {
    availSettings: {
      scte35SpliceInsert: { noRegionalBlackoutFlag: 'FOLLOW', webDeliveryAllowedFlag: 'FOLLOW' },
    },
  },
  audioDescriptions: [
    {
      name: 'audio',
      audioSelectorName: 'default',
      codecSettings: {
        aacSettings: {
          bitrate: 128_000,
          codingMode: 'CODING_MODE_2_0',
          profile: 'LC',
          rateControlMode: 'CBR',
          rawFormat: 'NONE',
          sampleRate: 48_000,
          spec: 'MPEG4',
        },
      },
    },
  ],
  videoDescriptions: qualities.map(video),
  outputGroups: [
    {
      name: 'headend',
      outputGroupSettings: {
        hlsGroupSettings: {
          destination: { destinationRefId: destination },
          hlsCdnSettings: { hlsS3Settings: {} },
          mode: 'LIVE',
          segmentLength: segmentSeconds,
          segmentationMode: 'USE_SEGMENT_DURATION',
          tsFileMode: 'SEGMENTED_FILES',
          outputSelection: 'MANIFESTS_AND_SEGMENTS',
          directoryStructure: 'SINGLE_DIRECTORY',
          manifestDurationFormat: 'FLOATING_POINT',
          codecSpecification: 'RFC_4281',
          adMarkers: ['ELEMENTAL_SCTE35'],
          programDateTime: 'INCLUDE',
          programDateTimePeriod: segmentSeconds,
          redundantManifest: 'DISABLED',
          inputLossAction: 'EMIT_OUTPUT',
          indexNSegments: 10,
          keepSegments: 21,
        },
      },
      outputs: qualities.map(({ name }) => ({
        outputName: name,
        videoDescriptionName: name,
        audioDescriptionNames: ['audio'],
        outputSettings: {
          hlsOutputSettings: {
            nameModifier: `_${name}`,
            hlsSettings: {
              standardHlsSettings: {
                audioRenditionSets: 'program_audio',
                m3U8Settings: { scte35Behavior: 'PASSTHROUGH', timedMetadataBehavior: 'PASSTHROUGH' },
              },
            },
          },
        },
      })),
    },
  ],
})

const video = ({ name, width, height, bitrate, level }: Quality): CfnChannel.VideoDescriptionProperty => ({
  name,
  width,
  height,
  respondToAfd: 'NONE',
  scalingBehavior: 'DEFAULT',
  codecSettings: {
    h264Settings: {
      profile: height < 720 ? 'MAIN' : 'HIGH',
      level: 'H264_LEVEL_AUTO',
      rateControlMode: 'QVBR',
      maxBitrate: bitrate,
      bufSize: 2 * bitrate,
      qvbrQualityLevel: level,
      adaptiveQuantization: 'AUTO',
      entropyEncoding: 'CABAC',
      framerateControl: 'INITIALIZE_FROM_SOURCE',
      parControl: 'INITIALIZE_FROM_SOURCE',
      scanType: 'PROGRESSIVE',
      gopSize: gopSeconds,
      gopSizeUnits: 'SECONDS',
      gopClosedCadence: 1,
      gopNumBFrames: 2,
      sceneChangeDetect: 'DISABLED',
      timecodeInsertion: 'DISABLED',
    },
  },
})
