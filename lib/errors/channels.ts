/** Errors of channels. */
import { type ErrorArea, tryAgain } from './area.ts'

export const channels = {
  CHANNEL_INIT: {
    status: 503,
    meaning: 'A segment of a feed came before its init segment.',
    ...tryAgain,
  },
  CHANNEL_NOT_FOUND: {
    status: 404,
    meaning: 'There is no such channel, or nothing of it is published yet.',
    advice: 'Check its id in the list of channels, and that its encoder sends.',
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
  FEED_MANIFEST: {
    status: 400,
    meaning:
      'Part of what a playlist or an MPD of a feed says of breaks can not be read, or is of another time.',
    advice:
      'The message says which line, and what is wrong in it; the rest was taken. Correct it in the encoder.',
  },
  FEED_SEGMENT: {
    status: 400,
    meaning: 'A segment of a feed can not be read.',
    advice: 'The message says what is wrong in it: change that in the settings of the encoder.',
  },
} as const satisfies ErrorArea
