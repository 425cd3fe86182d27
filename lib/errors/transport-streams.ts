/** Errors of transport streams: what came is counted and said, and reading goes on. */
import { type ErrorArea, recorded } from './area.ts'

const sendWhole = {
  advice:
    'Look at the way from the encoder to headend: packets are lost or changed on it. Send the stream by TCP, SRT or RIST, or upload the file again.',
} as const
const muxAnew = {
  advice: 'Let another tool write the stream anew, which repairs most such faults without a loss.',
  command: 'ffmpeg -i in.ts -map 0 -c copy out.ts',
} as const

export const transportStreams = {
  TS_CODEC_UNSUPPORTED: {
    status: 400,
    meaning: 'A stream is of a kind that is not delivered.',
    advice:
      'Nothing, unless a viewer needs it: encode video as H.264 or H.265, audio as AAC, AC-3, E-AC-3 or MP3.',
  },
  TS_CONTINUITY: { status: recorded, meaning: 'Packets of a stream are missing or broken.', ...sendWhole },
  TS_FILE_LARGE: {
    status: 400,
    meaning: 'A transport stream under vod/ is larger than can be written anew in one go.',
    advice: 'Put the film into MP4, which needs no new encoding and has no such limit, and upload that.',
    command: 'ffmpeg -i film.ts -map 0:v -map 0:a -c copy -movflags +faststart film.mp4',
    remedy: 'upload',
  },
  TS_FRAMES: { status: recorded, meaning: 'Between frames of audio lies what is none.', ...sendWhole },
  TS_NOT_TS: {
    status: recorded,
    meaning: 'What came is no transport stream.',
    advice: 'Send MPEG-2 transport streams here; films in MP4 are uploaded as films.',
  },
  TS_PARAMETER_SETS: {
    status: recorded,
    meaning: 'Pictures came before the parameter sets they need.',
    advice: 'Let the encoder repeat the parameter sets with every key frame.',
  },
  TS_PES_CUT: { status: recorded, meaning: 'A packet of a stream ends before its length.', ...sendWhole },
  TS_PES_HEADER: { status: recorded, meaning: 'A packet of a stream has no header of its kind.', ...muxAnew },
  TS_PES_LARGE: { status: recorded, meaning: 'A packet of a stream is larger than any may be.', ...muxAnew },
  TS_PIDS_MANY: {
    status: recorded,
    meaning: 'A programme has more streams than are read.',
    advice: 'Leave out of the programme what is not to be delivered.',
  },
  TS_PROGRAMS_SEVERAL: {
    status: recorded,
    meaning: 'A transport stream has several programmes, of which one is delivered.',
    advice: 'Upload the other programme as a film of its own, if viewers shall see it.',
    command: 'ffmpeg -i in.ts -map 0:p:2 -c copy programme-2.ts',
    remedy: 'upload',
  },
  TS_PROGRAM_MISSING: {
    status: recorded,
    meaning: 'The stream has no map of the programme that is to be read.',
    advice: 'Let the encoder repeat the tables in every segment, and name a programme that the stream has.',
  },
  TS_SCRAMBLED: {
    status: recorded,
    meaning: 'A stream is scrambled.',
    advice: 'Send the programme in the clear: protection is put on when it is delivered.',
  },
  TS_SECTION: {
    status: recorded,
    meaning: 'A section of tables or cues is broken or too long.',
    ...sendWhole,
  },
  TS_SYNC_LOST: { status: recorded, meaning: 'Between packets lies what is none.', ...sendWhole },
  TS_TABLES_LATE: {
    status: recorded,
    meaning: 'The tables of the stream come so late that what is before them was dropped.',
    advice: 'Let the encoder write the tables at the begin of every segment, and at least twice a second.',
  },
  TS_TIMES: {
    status: recorded,
    meaning: 'Samples were left out because their times are before others, or far from all.',
    ...muxAnew,
  },
  TS_TIME_MISSING: {
    status: recorded,
    meaning: 'Pictures have no time, and none before them had one.',
    ...muxAnew,
  },
  TS_TRACK_EMPTY: {
    status: recorded,
    meaning: 'A stream is announced, and nothing of it came.',
    advice: 'Look at the input of the encoder, or let it announce only what it sends.',
  },
  TS_UNITS_DROPPED: {
    status: recorded,
    meaning: 'Pictures or frames of audio that lack bytes were left out.',
    ...sendWhole,
  },
  TS_UNIT_LARGE: { status: recorded, meaning: 'A picture is larger than any may be.', ...muxAnew },
} as const satisfies ErrorArea
