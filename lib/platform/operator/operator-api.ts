/** The parts of the OpenAPI document that all routes of the operator's API share, whichever room they belong to. */

/** A JSON body. */
export const json = <Schema>(schema: Schema, description: string) => ({
  content: { 'application/json': { schema } },
  description,
})

/** The security requirement of every operator route. */
export const operator = [{ operator: [] }]

const refusal = (description: string) => json({ $ref: '#/components/schemas/Error' }, description)

/** The error responses of every route. */
export const refusals = {
  400: refusal('the request is not as this document says; the message names the field'),
  401: refusal('no operator token, or one that is not valid any more'),
  503: refusal('for the moment: ask again after the seconds of Retry-After'),
  default: refusal('refused: the code says why'),
}

/** The additional error response of a route for one resource. */
export const notFound = { 404: refusal('there is no such thing, or not yet') }

/** The additional error response of a route that depends on the resource's state. */
export const conflict = {
  409: refusal('not in the state the thing is in; the message says what to do first'),
}

/** The sections of the OpenAPI document. */
export const tags = [
  { name: 'assets', description: 'Films: what is there, how it fares, what its versions hold.' },
  { name: 'channels', description: 'Live channels: what their encoders send, how far back viewers may go.' },
  { name: 'presentations', description: 'Edit lists: ranges of assets that play one after the other.' },
  { name: 'protection', description: 'How content is encrypted, its key periods, who asked for its keys.' },
  {
    name: 'sessions',
    description: 'Playback sessions: who may ask for manifests and media, and for how long.',
  },
  { name: 'tokens', description: 'Playback tokens: who gets licences, and for how long.' },
  { name: 'uploads', description: 'Files on their way into the upload bucket, in parts.' },
]
