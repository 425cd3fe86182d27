/** `/v1/presentations`: edit lists of assets, stored, read, listed and deleted. */

import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { HeadendError } from '../errors.ts'
import { parseNext, printNext } from '../platform/http/page-key.ts'
import { conflict, json, notFound, operator, refusals } from '../platform/operator/operator-api.ts'
import { answerOf, summaryOf } from './answer.ts'
import { storedPresentation } from './contents.ts'
import { pageShape } from './page-shape.ts'
import { type PublishPorts, publish, withdraw } from './publish.ts'
import {
  presentationIdSchema,
  presentationPageSchema,
  presentationRequestSchema,
  presentationSchema,
} from './schema.ts'

/** Dependencies of the routes. */
export interface PresentationPorts extends PublishPorts {
  /** Base URL of playback, without a trailing slash. */
  readonly playbackUrl: () => Promise<string>
}

const params = z.object({ id: presentationIdSchema })

const put = createRoute({
  operationId: 'putPresentation',
  tags: ['presentations'],
  method: 'put',
  path: '/v1/presentations/{id}',
  summary: 'Store a presentation: ranges of assets that play one after the other',
  description:
    'Media is never copied. Cuts go to the nearest boundary of a segment; the answer says what they became. Sessions and tokens made before know the contents of before.',
  security: operator,
  request: { params, body: { ...json(presentationRequestSchema, 'clips in their order'), required: true } },
  responses: { 200: json(presentationSchema, 'as it is stored'), ...conflict, ...refusals },
})

const get = createRoute({
  operationId: 'getPresentation',
  tags: ['presentations'],
  method: 'get',
  path: '/v1/presentations/{id}',
  summary: 'One presentation',
  description: 'Its clips, its renditions and where it plays.',
  security: operator,
  request: { params },
  responses: { 200: json(presentationSchema, 'the presentation'), ...notFound, ...refusals },
})

const remove = createRoute({
  operationId: 'deletePresentation',
  tags: ['presentations'],
  method: 'delete',
  path: '/v1/presentations/{id}',
  summary: 'Take a presentation away',
  description: 'Its assets stay what they are. Who plays it gets no manifest any more, within seconds.',
  security: operator,
  request: { params },
  responses: { 204: { description: 'taken away' }, ...refusals },
})

const list = createRoute({
  operationId: 'listPresentations',
  tags: ['presentations'],
  method: 'get',
  path: '/v1/presentations',
  summary: 'List presentations, latest change first',
  description: 'Each page but the last gives `next`, which asks for the one after it.',
  security: operator,
  request: {
    query: z.object(pageShape('presentations')),
  },
  responses: { 200: json(presentationPageSchema, 'a page of presentations'), ...refusals },
})

const idOf = (word: string): string => `presentations/${word}`

/** Adds the routes to the operator API. */
export function addPresentationRoutes(app: OpenAPIHono, ports: PresentationPorts): void {
  const { presentations, playbackUrl } = ports
  app.openapi(put, async (context) => {
    const id = idOf(context.req.valid('param').id)
    const { clips } = context.req.valid('json')
    const { row, stored } = await publish(ports, id, clips)
    return context.json(answerOf(row, stored, await playbackUrl()), 200)
  })
  app.openapi(get, async (context) => {
    const id = idOf(context.req.valid('param').id)
    const row = await presentations.row(id)
    const stored = row && (await storedPresentation(presentations, row))
    if (!stored)
      throw new HeadendError('PRESENTATION_NOT_FOUND', `${id}: no such presentation`, { status: 404 })
    return context.json(answerOf(row, stored, await playbackUrl()), 200)
  })
  app.openapi(remove, async (context) => {
    const id = idOf(context.req.valid('param').id)
    await withdraw(ports, id)
    return context.body(null, 204)
  })
  app.openapi(list, async (context) => {
    const { limit, next } = context.req.valid('query')
    const { rows, last } = await presentations.page(
      limit,
      next === undefined ? undefined : parseNext(next, readPlace),
    )
    const root = await playbackUrl()
    return context.json(
      {
        presentations: rows.map((row) => summaryOf(row, root)),
        ...(last && { next: printNext({ id: last.id, updatedAt: last.updatedAt }) }),
      },
      200,
    )
  })
}

const nextSchema = z.object({
  id: z.string().startsWith('presentations/').max(160),
  updatedAt: z.string().min(1).max(64),
})

/** Position from a page token, without any other fields. */
const readPlace = (value: unknown): z.infer<typeof nextSchema> | undefined => nextSchema.safeParse(value).data
