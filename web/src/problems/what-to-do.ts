/** What a person does about an error, by its code: the message says what is wrong, this how it gets right. */
import { type ErrorEntry, writeAnew } from '../../../lib/errors/area.ts'
import { playback } from '../../../lib/errors/playback.ts'
import { rights } from '../../../lib/errors/rights.ts'
import { shownErrors } from './codes.ts'

/** How the console can help with it. */
export type Remedy = 'upload' | 'replay' | 'none'

/** Advice and the button that goes with it. */
export interface WhatToDo {
  readonly text: string
  /** A command that helps, to copy. */
  readonly command?: string
  readonly remedy: Remedy
}

const adviceOf = ({
  advice,
  command,
  remedy,
}: Pick<ErrorEntry, 'advice' | 'command' | 'remedy'>): WhatToDo => ({
  text: advice,
  ...(command !== undefined && { command }),
  remedy: remedy ?? 'none',
})

const known: ReadonlyMap<string, WhatToDo> = new Map(
  Object.entries<ErrorEntry>(shownErrors).map(([code, entry]) => [code, adviceOf(entry)]),
)
/** A code that no table has stands in a record of another version: mostly it is of a film. */
const anyFilm = adviceOf(writeAnew)
/** Where nothing is wrong with the film. */
const ofRights: ReadonlySet<string> = new Set(Object.keys({ ...rights, ...playback }))

/** Never nothing: what no table knows is a film to be written anew. */
export const whatToDo = (code: string): WhatToDo => known.get(code) ?? anyFilm

/** Only of what the tables have; undefined for what is no answer of the API's. */
export const adviceFor = (code: string): WhatToDo | undefined => known.get(code)

/** Of what a player or the API of rights refuses; undefined where that is something else. */
export const rightsAdvice = (code: string): WhatToDo | undefined =>
  ofRights.has(code) ? known.get(code) : undefined

const wanting: readonly (readonly [RegExp, WhatToDo])[] = [
  [
    // hls.js by name, Shaka Player and dash.js by number.
    /^keySystem(NoAccess|NoConfiguredLicense)\b|\((600[0-2]|24|112)\)/,
    {
      text: 'Choose another DRM above, or another browser: this one lacks it, or does not decode the film under it. A page that is neither https nor on localhost has no DRM at all.',
      remedy: 'none',
    },
  ],
  [
    /^(bufferAddCodec|bufferIncompatibleCodecs|manifestIncompatibleCodecs)Error\b|\((4012|4032|32|35)\)/,
    {
      text: 'Another browser may decode the film: this one lacks a codec that the tracks below name. For all of them, encode the pictures as H.264 and the sound as AAC and upload the film again.',
      remedy: 'none',
    },
  ],
]

/** Of what a player itself says that it lacks; undefined where that is nothing known. */
export const playerAdvice = (said: string): WhatToDo | undefined =>
  wanting.find(([shape]) => shape.test(said))?.[1]
