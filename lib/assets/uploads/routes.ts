/** `/v1/uploads`: multipart uploads directly to the bucket, resumable after an interruption. */

import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { HeadendError } from '../../errors.ts'
import { conflict, json, notFound, operator, refusals } from '../../platform/operator/operator-api.ts'
import type { AssetId } from '../../timeline/ids.ts'
import {
  completedSchema,
  partsRequestSchema,
  partsSchema,
  type UploadPart,
  uploadRequestSchema,
  uploadSchema,
  uploadStateSchema,
} from '../api/schemas.ts'
import { partBytesFor, partCountOf, partRange, uploadTarget } from './plan.ts'
import type { StoredPart, UploadStore } from './store.ts'
import { parseTicket, printTicket, type UploadTicket } from './ticket.ts'
import { readUploadKey } from './upload-key.ts'

const params = z.object({
  id: z.string().min(1).max(4096).openapi({ description: '`id` that createUpload gave' }),
})

const begin = createRoute({
  operationId: 'createUpload',
  tags: ['uploads'],
  method: 'post',
  path: '/v1/uploads',
  summary: 'Begin an upload',
  description: 'Gives URLs for the parts; send each with PUT, then complete the upload.',
  security: operator,
  request: { body: { ...json(uploadRequestSchema, 'the file'), required: true } },
  responses: { 201: json(uploadSchema, 'where to PUT the first parts'), ...refusals },
})

const state = createRoute({
  operationId: 'getUpload',
  tags: ['uploads'],
  method: 'get',
  path: '/v1/uploads/{id}',
  summary: 'Which parts have arrived',
  description: 'What to ask before an upload that was interrupted goes on.',
  security: operator,
  request: { params },
  responses: { 200: json(uploadStateSchema, 'the upload so far'), ...notFound, ...refusals },
})

const more = createRoute({
  operationId: 'createUploadPartUrls',
  tags: ['uploads'],
  method: 'post',
  path: '/v1/uploads/{id}/parts',
  summary: 'Fresh URLs for parts',
  description: 'URLs end; any part may have a new one while the upload takes parts.',
  security: operator,
  request: { params, body: { ...json(partsRequestSchema, 'the parts wanted'), required: true } },
  responses: { 200: json(partsSchema, 'their URLs'), ...notFound, ...refusals },
})

const complete = createRoute({
  operationId: 'completeUpload',
  tags: ['uploads'],
  method: 'post',
  path: '/v1/uploads/{id}/complete',
  summary: 'All parts have arrived: make the file. May be repeated',
  description: 'Makes one file of the parts; indexing begins by itself.',
  security: operator,
  request: { params },
  responses: { 200: json(completedSchema, 'the file'), ...notFound, ...conflict, ...refusals },
})

const abort = createRoute({
  operationId: 'abortUpload',
  tags: ['uploads'],
  method: 'delete',
  path: '/v1/uploads/{id}',
  summary: 'Give up an upload and its parts',
  description: 'What was sent is deleted; its URLs end.',
  security: operator,
  request: { params },
  responses: { 204: { description: 'given up' }, ...notFound, ...refusals },
})

/** The lifetime of a part's URL; the function's own credentials may end earlier, so clients request new URLs on 403. */
const urlSeconds = 3600
/** The number of URLs returned with a new upload. */
const firstParts = 50

/** Ports of the routes. */
export interface UploadRoutePorts {
  readonly uploads: UploadStore
  /** Resolves to whether there is an asset with this id. */
  readonly exists: (assetId: AssetId) => Promise<boolean>
  readonly now: () => number
  /** Returns a short unique text. */
  readonly mark: () => string
}

/** Adds the routes to the operator's API. */
export function addUploadRoutes(app: OpenAPIHono, { uploads, exists, now, mark }: UploadRoutePorts): void {
  const expiry = (): string => new Date(now() + urlSeconds * 1000).toISOString()
  const partsWithUrls = (ticket: UploadTicket, numbers: readonly number[]): Promise<UploadPart[]> =>
    Promise.all(
      numbers.map(async (number) => ({
        number,
        ...partRange(ticket, number),
        url: await uploads.partUrl(ticket, number, urlSeconds),
      })),
    )

  app.openapi(begin, async (context) => {
    const request = context.req.valid('json')
    const { assetId, key } = uploadTarget(request)
    const { bytes } = request
    const partBytes = partBytesFor(bytes)
    const partCount = partCountOf(bytes, partBytes)
    const made = mark()
    const [replaces, s3UploadId] = await Promise.all([
      exists(assetId),
      uploads.begin(key, { mark: made, contentType: request.contentType }),
    ])
    const ticket: UploadTicket = { s3UploadId, key, bytes, partBytes, mark: made }
    const first = Array.from({ length: Math.min(partCount, firstParts) }, (_, i) => i + 1)
    const parts = await partsWithUrls(ticket, first)
    const id = printTicket(ticket)
    return context.json(
      { id, assetId, key, replaces, bytes, partBytes, partCount, parts, urlsExpireAt: expiry() },
      201,
    )
  })
  app.openapi(state, async (context) => {
    const { id } = context.req.valid('param')
    const ticket = parseTicket(id)
    const received = await uploads.parts(ticket)
    if (!received) throw gone(ticket)
    const { key, bytes, partBytes } = ticket
    return context.json(
      {
        id,
        assetId: assetIdOfKey(key),
        key,
        bytes,
        partBytes,
        partCount: partCountOf(bytes, partBytes),
        received: received.map((part) => ({ number: part.number, bytes: part.bytes })),
      },
      200,
    )
  })
  app.openapi(more, async (context) => {
    const ticket = parseTicket(context.req.valid('param').id)
    const { numbers } = context.req.valid('json')
    const last = partCountOf(ticket.bytes, ticket.partBytes)
    const beyond = numbers.find((number) => number > last)
    if (beyond !== undefined)
      throw new HeadendError('UPLOAD_PART', `part ${beyond}: this upload has parts 1 to ${last}`)
    return context.json({ parts: await partsWithUrls(ticket, numbers), urlsExpireAt: expiry() }, 200)
  })
  app.openapi(complete, async (context) => {
    const ticket = parseTicket(context.req.valid('param').id)
    const versionId = await finish(uploads, ticket)
    const { key, bytes } = ticket
    return context.json(
      { assetId: assetIdOfKey(key), key, bytes, ...(versionId !== undefined && { versionId }) },
      200,
    )
  })
  app.openapi(abort, async (context) => {
    await uploads.abort(parseTicket(context.req.valid('param').id))
    return context.body(null, 204)
  })
}

/** Completes the upload once all of it has arrived; if it was completed before, returns the same answer. */
async function finish(uploads: UploadStore, ticket: UploadTicket): Promise<string | undefined> {
  const received = await uploads.parts(ticket)
  if (!received) {
    const object = await uploads.object(ticket.key)
    if (object?.mark !== ticket.mark) throw gone(ticket)
    return object.versionId
  }
  const missing = missingParts(ticket, received)
  if (missing.length > 0)
    throw new HeadendError(
      'UPLOAD_INCOMPLETE',
      `${ticket.key}: ${missing.length} of ${partCountOf(ticket.bytes, ticket.partBytes)} parts are missing or of the wrong length, first ${missing.slice(0, 10).join(', ')}; send them and complete again`,
      { status: 409 },
    )
  return uploads.complete(ticket, received)
}

function missingParts(ticket: UploadTicket, received: readonly StoredPart[]): number[] {
  const lengths = new Map(received.map(({ number, bytes }) => [number, bytes]))
  const numbers = Array.from({ length: partCountOf(ticket.bytes, ticket.partBytes) }, (_, i) => i + 1)
  return numbers.filter((number) => lengths.get(number) !== partRange(ticket, number).bytes)
}

const gone = ({ key }: UploadTicket): HeadendError =>
  new HeadendError('UPLOAD_NOT_FOUND', `${key}: this upload was given up or expired; begin a new one`, {
    status: 404,
  })

function assetIdOfKey(key: string): string {
  const read = readUploadKey(key)
  return 'assetId' in read ? read.assetId : key
}
