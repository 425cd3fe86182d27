/** `/v1/room-name`: entries, stored, shown, listed and taken away. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { HeadendError } from '../errors.ts'
import { maxNextLength, parseNext, printNext } from '../platform/http/page-key.ts'
import { json, notFound, operator, refusals } from '../platform/operator/operator-api.ts'
import { type RoomNameEntry, withNote } from './entry.ts'
import { entryIdSchema, entryPageSchema, entryRequestSchema, entrySchema } from './schema.ts'
import type { RoomNameStore } from './store.ts'

/** What the routes work with. */
export interface RoomNamePorts {
  readonly roomName: RoomNameStore
  /** Epoch milliseconds. */
  readonly now: () => number
}

const params = z.object({ id: entryIdSchema })
const tags = ['room-name']

const put = createRoute({
  operationId: 'putRoomNameEntry',
  tags,
  method: 'put',
  path: '/v1/room-name/{id}',
  summary: 'Store an entry of room name',
  description: 'What is known of when it was seen stays.',
  security: operator,
  request: { params, body: { ...json(entryRequestSchema, 'its note'), required: true } },
  responses: { 200: json(entrySchema, 'as it is stored'), ...refusals },
})

const get = createRoute({
  operationId: 'getRoomNameEntry',
  tags,
  method: 'get',
  path: '/v1/room-name/{id}',
  summary: 'One entry of room name',
  description: 'Its note, and when it was last seen.',
  security: operator,
  request: { params },
  responses: { 200: json(entrySchema, 'the entry'), ...notFound, ...refusals },
})

const remove = createRoute({
  operationId: 'deleteRoomNameEntry',
  tags,
  method: 'delete',
  path: '/v1/room-name/{id}',
  summary: 'Take an entry of room name away',
  description: 'What the queue tells of it from then on is forgotten.',
  security: operator,
  request: { params },
  responses: { 204: { description: 'taken away' }, ...refusals },
})

const list = createRoute({
  operationId: 'listRoomName',
  tags,
  method: 'get',
  path: '/v1/room-name',
  summary: 'List room name, by id',
  description: 'Each page but the last gives `next`, which asks for the one after it.',
  security: operator,
  request: {
    query: z.object({
      limit: z.coerce.number().int().min(1).max(100).default(50).openapi({ description: 'entries a page' }),
      next: z.string().max(maxNextLength).optional().openapi({ description: '`next` of the page before' }),
    }),
  },
  responses: { 200: json(entryPageSchema, 'a page of entries'), ...refusals },
})

/** Puts the routes into the operator's API. */
export function addRoomNameRoutes(app: OpenAPIHono, { roomName, now }: RoomNamePorts): void {
  app.openapi(put, async (context) => {
    const { id } = context.req.valid('param')
    const { note } = context.req.valid('json')
    const before = await roomName.entry(id)
    const entry = withNote(before, { id, note, nowMs: now() })
    if (!(await roomName.put(entry)))
      throw new HeadendError(
        'ROOM_NAME_RACE',
        `${id}: expected revision ${entry.revision - 1}, got another; somebody else changed it at the same time`,
        { status: 503 },
      )
    return context.json(shown(entry), 200)
  })
  app.openapi(get, async (context) => {
    const { id } = context.req.valid('param')
    const entry = await roomName.entry(id)
    if (!entry) throw new HeadendError('ROOM_NAME_NOT_FOUND', `${id}: no such entry`, { status: 404 })
    return context.json(shown(entry), 200)
  })
  app.openapi(remove, async (context) => {
    await roomName.remove(context.req.valid('param').id)
    return context.body(null, 204)
  })
  app.openapi(list, async (context) => {
    const { limit, next } = context.req.valid('query')
    const after = next === undefined ? undefined : parseNext(next, readPosition)
    const { entries, last } = await roomName.page(limit, after)
    return context.json(
      { entries: entries.map(shown), ...(last !== undefined && { next: printNext({ id: last }) }) },
      200,
    )
  })
}

const shown = ({
  id,
  note,
  updatedAtMs,
  seenAtMs,
  timeline,
}: RoomNameEntry): z.infer<typeof entrySchema> => ({
  id,
  note,
  updatedAt: new Date(updatedAtMs).toISOString(),
  ...(seenAtMs !== undefined && { seenAt: new Date(seenAtMs).toISOString() }),
  ...(timeline !== undefined && { timeline }),
})

/** The id a page ended with. */
const readPosition = (value: unknown): string | undefined => params.safeParse(value).data?.id
