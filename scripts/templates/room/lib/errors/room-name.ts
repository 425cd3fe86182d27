/** Errors of room name. */
import { type ErrorArea, tryAgain } from './area.ts'

export const roomName = {
  ROOM_NAME_MESSAGE: {
    status: 400,
    meaning: 'A message in the queue of room name is not what the room knows.',
    advice:
      'Correct what sends it: the message names the member. What was given up lies in the dead letters.',
  },
  ROOM_NAME_NOT_FOUND: {
    status: 404,
    meaning: 'There is no such entry of room name.',
    advice: 'Check its id in the list.',
  },
  ROOM_NAME_RACE: {
    status: 503,
    meaning: 'Somebody else changed an entry of room name at the same time.',
    ...tryAgain,
  },
} as const satisfies ErrorArea
