/**
 * Every code headend answers or throws: its status, what it means and what to do. `docs/errors.md`, the codes in the
 * OpenAPI document and the console's advice come of it. Functions take its types alone, which weigh nothing.
 */
import { api } from './api.ts'
import type { ErrorArea } from './area.ts'
import { boxes } from './boxes.ts'
import { channels } from './channels.ts'
import { events } from './events.ts'
import { films } from './films.ts'
import { keys } from './keys.ts'
import { markers } from './markers.ts'
import { playback } from './playback.ts'
import { playlists } from './playlists.ts'
import { rights } from './rights.ts'
import { service } from './service.ts'
import { stacks } from './stacks.ts'
import { texts } from './texts.ts'
import { transportStreams } from './transport-streams.ts'

/** All codes in one. */
export const errors = {
  ...films,
  ...boxes,
  ...transportStreams,
  ...texts,
  ...playback,
  ...rights,
  ...channels,
  ...keys,
  ...api,
  ...service,
  ...events,
  ...playlists,
  ...markers,
  ...stacks,
} as const

/** Whether a word is one of them. */
export const isErrorCode = (word: string): word is keyof typeof errors => Object.hasOwn(errors, word)

/** The same by area, with the words that stand above it. */
export const errorAreas: readonly { readonly title: string; readonly codes: ErrorArea }[] = [
  { title: 'Uploads', codes: films },
  { title: 'Boxes and codecs', codes: boxes },
  { title: 'Transport streams', codes: transportStreams },
  { title: 'Subtitles', codes: texts },
  { title: 'Playback', codes: playback },
  { title: 'Rights', codes: rights },
  { title: 'Channels', codes: channels },
  { title: 'Documents of keys', codes: keys },
  { title: 'Requests', codes: api },
  { title: 'The service itself', codes: service },
  { title: 'Events', codes: events },
  { title: 'Playlists and XML', codes: playlists },
  { title: 'Ad markers', codes: markers },
  { title: 'Stacks', codes: stacks },
]
