/** Errors that are ours or those of AWS: services that are busy, stored objects that can not be read. */
import { type ErrorArea, readLog, tryAgain } from './area.ts'

export const service = {
  CONFIG_MISSING: {
    status: 500,
    meaning: 'A function was deployed without a name it needs.',
    advice: 'Deploy the stacks again; who runs the function otherwise sets the variables the message names.',
  },
  FRONT_UNKNOWN: {
    status: 503,
    meaning: 'It is not known yet where films are played from.',
    advice: 'Deploy the stack with the distribution, and ask again a minute later.',
  },
  INDEX_FORMAT: {
    status: 500,
    meaning: 'A stored index of samples is broken, or of another version.',
    ...readLog,
  },
  INTERNAL_ERROR: {
    status: 500,
    meaning: 'Something went wrong that is our fault.',
    advice: 'Try once more. If it stays so, find the request in the log of the function that answered.',
  },
  OUTBOUND_ADDRESS: {
    status: 403,
    meaning: 'A host that was to be asked is not on the public internet.',
    advice: 'Name a host with public addresses alone: functions stand in no private network.',
  },
  OUTBOUND_URL: {
    status: 400,
    meaning: 'A URL that was to be asked is not https, or holds credentials.',
    advice: 'Give an https URL; credentials go into headers.',
  },
  PLACEMENT_FORMAT: { status: 500, meaning: 'A stored placement is of another version.', ...readLog },
  PROTECTION_FORMAT: {
    status: 500,
    meaning: 'The stored protection of a film is of another version.',
    ...readLog,
  },
  SECRET_KEY: {
    status: 500,
    meaning: 'A secret that must hold a key does not.',
    advice: 'Put JSON with a text member key into the secret the message names.',
  },
  SERVICE_BUSY: {
    status: 503,
    meaning: 'A service of AWS gave no answer, however often it was asked.',
    ...tryAgain,
  },
  TABLE_BUSY: { status: 503, meaning: 'A table takes no more for the moment.', ...tryAgain },
  TIMELINE_FORMAT: { status: 500, meaning: 'A stored timeline is of another version.', ...readLog },
  TIMELINE_PART: { status: 500, meaning: 'A part of a stored timeline is missing.', ...readLog },
} as const satisfies ErrorArea
