/** The codes the console meets. Documents of keys, playlists and stacks are for commands, and would weigh as much again. */
import { api } from '../../../lib/errors/api.ts'
import { boxes } from '../../../lib/errors/boxes.ts'
import { channels } from '../../../lib/errors/channels.ts'
import { films } from '../../../lib/errors/films.ts'
import { playback } from '../../../lib/errors/playback.ts'
import { rights } from '../../../lib/errors/rights.ts'
import { service } from '../../../lib/errors/service.ts'
import { texts } from '../../../lib/errors/texts.ts'

/** What the tables say of them. */
export const shownErrors = {
  ...films,
  ...boxes,
  ...texts,
  ...playback,
  ...rights,
  ...channels,
  ...api,
  ...service,
} as const

/** Those, and the console's own, of what never became an answer with a code. */
export type ShownCode =
  | keyof typeof shownErrors
  | 'API_ANSWER'
  | 'API_UNREACHABLE'
  | 'PLAYBACK_ANSWER'
  | 'TOKEN_REFUSED'
  | 'UPLOAD_EMPTY'
  | 'UPLOAD_FAILED'

/** The code of an answer; one that no table has is no answer of ours. */
export const shownCode = (said: string): ShownCode =>
  Object.hasOwn(shownErrors, said) ? (said as keyof typeof shownErrors) : 'API_ANSWER'
