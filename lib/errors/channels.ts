/** Errors of channels. */
import { type ErrorArea, recorded, tryAgain } from './area.ts'

export const channels = {
  CHANNEL_BUSY: {
    status: 503,
    meaning:
      'What is further back in a channel is not read while its stores are busy: the live edge comes first.',
    advice:
      'Players try again in some seconds. If it lasts, see ChannelsThrottled and the quotas of docs/deploy.md.',
  },
  CHANNEL_INIT: {
    status: 503,
    meaning: 'A segment of a feed came before its init segment.',
    ...tryAgain,
  },
  CHANNEL_KEYS: {
    status: 503,
    meaning: 'Keys of a protected channel are not told to manifests yet: it is not shown without them.',
    advice:
      'Players try again. If it lasts, read the log of Sweep, which makes the keys of the next hour each five minutes.',
  },
  CHANNEL_NOT_FOUND: {
    status: 404,
    meaning: 'There is no such channel, or nothing of it is published yet.',
    advice: 'Check its id in the list of channels, and that its encoder sends.',
  },
  ARCHIVE_SEGMENT: {
    status: 500,
    meaning:
      'A segment of an hour that is over is not there, or not as long as its page says: the hour is not archived.',
    advice:
      'Read the log of ChannelsArchive for its key. Segments are there for two days after they came; redrive the dead-letter queue of the archive within them.',
  },
  CHANNEL_RACE: {
    status: 503,
    meaning: 'Others wrote to the same minute of a channel at the same time.',
    ...tryAgain,
  },
  CHANNEL_WINDOW: {
    status: 400,
    meaning: 'The start, end or delay asked for is no time, or lies outside of what the channel keeps.',
    advice: 'Give start and end in RFC 3339 or as seconds since 1970, within the window of the channel.',
  },
  FEED_CLOCK: {
    status: recorded,
    meaning:
      'Segments of a feed come for times that have others already, and are left out: their encoder writes faster than they play, or two encoders write one stream.',
    advice:
      'Let the encoder write in real time (FFmpeg: `-re` before each input). Stop one of two encoders, or give each a folder.',
  },
  FEED_CREDENTIALS: {
    status: 403,
    meaning: 'What was sent to a channel by HTTP came with another name or password than its own.',
    advice:
      'Ask for new ones: POST /v1/channels/{id}/credentials, or the page of the channel in the console.',
  },
  FEED_STOPPED: {
    status: 403,
    meaning: 'What was sent to a channel by HTTP came while its operator had stopped it.',
    advice: 'Start it: PUT /v1/channels/{id} without `stopped`, or the page of the channel in the console.',
  },
  FEED_FORM: {
    status: 415,
    meaning: 'What was sent to a channel is neither CMAF, fragmented MP4 nor a transport stream.',
    advice: 'Set the output of the encoder to one of these; playlists may come beside them.',
  },
  FEED_INIT: {
    status: 412,
    meaning: 'A segment was sent to a channel by HTTP, and its init segment was not.',
    advice: 'Send the init segment, and then the segment again.',
  },
  FEED_MANIFEST: {
    status: 400,
    meaning:
      'Part of what a playlist or an MPD of a feed says of breaks can not be read, or is of another time.',
    advice:
      'The message says which line, and what is wrong in it; the rest was taken. Correct it in the encoder.',
  },
  FEED_PATH: {
    status: 400,
    meaning: 'What was sent to a channel has a path that no object of a feed can have.',
    advice: 'Send to /ingest/<channelId>/<path>, with names of letters, digits and . _ - alone.',
  },
  FEED_SEGMENT: {
    status: 400,
    meaning: 'A segment of a feed can not be read.',
    advice: 'The message says what is wrong in it: change that in the settings of the encoder.',
  },
  FEED_STREAM: {
    status: recorded,
    meaning:
      'Two qualities of a feed come under one name, or two encoders write the same times, and the second is left out.',
    advice:
      'Give each a folder, or a name with something between quality and number: `-hls_segment_filename out_%v_%05d.ts`. Stop one of two encoders, or name their folders as `pipelines` of the channel.',
  },
  FEED_UNKNOWN: {
    status: 401,
    meaning: 'What was sent to a channel by HTTP came without a name and password.',
    advice: 'Set those of the channel in the encoder, for HTTP Basic: the name is the id of the channel.',
  },
} as const satisfies ErrorArea
