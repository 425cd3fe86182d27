/** Errors of requests to the operator's API, and of paths nobody answers. */
import type { ErrorArea } from './area.ts'

const retry = { advice: 'Press Retry: what has arrived is not sent twice.' } as const

export const api = {
  ASSET_DELETING: {
    status: [409, 503],
    meaning: 'The asset is being deleted, or deleting it broke off.',
    advice: 'Send DELETE /v1/assets/{id} again: it goes on where it broke off. Then upload or replay.',
    remedy: 'replay',
  },
  ASSET_IN_USE: {
    status: 409,
    meaning: 'Presentations show the asset that is to be deleted.',
    advice: 'Store the presentations without it, or delete it with force=true: they then play without it.',
  },
  ASSET_NOT_FOUND: {
    status: 404,
    meaning: 'There is no such asset, or it is not ready yet.',
    advice: 'Check the id in the list of assets; a new upload takes some seconds to show.',
  },
  ASSET_NOT_READY: {
    status: 409,
    meaning: 'A presentation is to show an asset that does not play.',
    advice: 'Wait until the asset is ready, or leave its clips out.',
  },
  CLIP_CODEC: {
    status: 409,
    meaning: 'A clip has no video or audio in a codec that players could go on in.',
    advice: 'Take clips that were encoded alike, or encode the one that the message names again.',
  },
  CLIP_RANGE: {
    status: 400,
    meaning: 'A clip begins where its asset has ended.',
    advice: 'Give a start before the end that the message says.',
  },
  PRESENTATION_CONTENTS: {
    status: 400,
    meaning: 'A presentation is to show more assets than a session can list.',
    advice: 'Split it: one of its parts after the other, each with 64 assets at most.',
  },
  PRESENTATION_RACE: {
    status: 503,
    meaning: 'Somebody else stored the presentation at the same time.',
    advice: 'Send the request again after the seconds of Retry-After.',
  },
  REQUEST_INVALID: {
    status: 400,
    meaning: 'The request is not as the OpenAPI document says.',
    advice: 'Correct the field that the message names; /openapi.json says what it may be.',
  },
  REQUEST_TOO_LARGE: {
    status: 413,
    meaning: 'The body is longer than any request.',
    advice: 'Send less: files go to the URLs that POST /v1/uploads gives, not through the API.',
  },
  REQUEST_TYPE: {
    status: 415,
    meaning: 'The body is not said to be JSON.',
    advice: 'Send a header Content-Type: application/json.',
  },
  ROUTE_NOT_FOUND: {
    status: 404,
    meaning: 'Nobody answers this method on this path.',
    advice: 'Check method and path; the API’s are in /openapi.json.',
  },
  TIMELINE_NOT_FOUND: {
    status: 404,
    meaning: 'The asset has no timeline yet.',
    advice: 'Wait until the asset is ready; if it failed, its error says why.',
  },
  UPLOAD_ID: { status: 404, meaning: 'The id of an upload is none that was given.', ...retry },
  UPLOAD_INCOMPLETE: { status: 409, meaning: 'Parts of the upload are missing.', ...retry },
  UPLOAD_NAME: {
    status: 400,
    meaning: 'A file of that name can not be uploaded, or not by itself.',
    advice:
      'Name the file as the message says: a film by itself, subtitles and asset.json with the film they belong to.',
  },
  UPLOAD_NOT_FOUND: { status: 404, meaning: 'The upload was given up or has expired.', ...retry },
  UPLOAD_PART: { status: 400, meaning: 'The upload has no part of that number.', ...retry },
} as const satisfies ErrorArea
