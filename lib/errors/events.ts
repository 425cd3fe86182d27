/** Errors of events between rooms. */
import { type ErrorArea, readLog } from './area.ts'

export const events = {
  EVENT_REFUSED: {
    status: 503,
    meaning: 'The event bus did not take an event, however often it was put.',
    advice:
      'Nothing is lost: the change comes again from the stream of its table. Where it goes on, read the code of EventBridge in the message.',
  },
  EVENT_ROW: {
    status: 500,
    meaning: 'A change of a row can not be read, so nobody is told of it.',
    advice:
      'Deploy the version that wrote the row. What was given up is named in the dead letters by its place in the stream, which keeps it for a day.',
  },
  EVENT_SHAPE: {
    status: 500,
    meaning: 'An event does not say what docs/events.md says of it.',
    advice:
      'Find out who else puts events on the bus; the message goes to the dead letters of its subscriber.',
  },
  EVENT_SIZE: {
    status: 500,
    meaning: 'An event is larger than a bus takes.',
    ...readLog,
  },
  EVENT_UNKNOWN: {
    status: 500,
    meaning: 'A subscriber was handed an event that it does not know, or not in this version.',
    advice:
      'Deploy the version of the subscriber that knows it, then redrive its dead letters; or correct the rule that sent it.',
  },
} as const satisfies ErrorArea
