/** `/v1/presentations`: edit lists of assets, stored, read, listed and deleted. */

import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { HeadendError } from '../errors.ts'
import { markEntry } from '../platform/aws/edge-entries.ts'
import type { KeyValues } from '../platform/aws/key-values.ts'
import { sha256Hex } from '../platform/crypto/digest.ts'
import { maxNextLength, parseNext, printNext } from '../platform/http/page-key.ts'
import { conflict, json, notFound, operator, refusals } from '../platform/operator/operator-api.ts'
import type { ContentId } from '../timeline/ids.ts'
import type { LiveHead } from '../timeline/live/head.ts'
import { answerOf, secondsOf, summaryOf } from './answer.ts'
import { type AskedChannelClip, type AskedClip, composed } from './compose.ts'
import { storedPresentation } from './contents.ts'
import {
  presentationIdSchema,
  presentationPageSchema,
  presentationRequestSchema,
  presentationSchema,
} from './schema.ts'
import type { PresentationRow, PresentationStore } from './store.ts'
import { contentsOf, type StoredPresentation } from './stored.ts'

/** Dependencies of the routes. */
export interface PresentationPorts {
  readonly presentations: PresentationStore
  /** Marks at the edge: content with a mark is refused without a session. */
  readonly marks: Pick<KeyValues, 'edit'>
  /** The head of a channel, by `live/<channelId>`; undefined if nothing has come for it. */
  readonly channel: (id: string) => Promise<LiveHead | undefined>
  /** Base URL of playback, without a trailing slash. */
  readonly playbackUrl: () => Promise<string>
  readonly now: () => number
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
    query: z.object({
      limit: z.coerce
        .number()
        .int()
        .min(1)
        .max(100)
        .default(50)
        .openapi({ description: 'presentations a page' }),
      next: z.string().max(maxNextLength).optional().openapi({ description: '`next` of the page before' }),
    }),
  },
  responses: { 200: json(presentationPageSchema, 'a page of presentations'), ...refusals },
})

type RequestClip = z.infer<typeof presentationRequestSchema>['clips'][number]

const askedOf = (clip: RequestClip): AskedClip | AskedChannelClip =>
  'channel' in clip
    ? {
        channelId: clip.channel,
        fromMs: Date.parse(clip.from),
        toMs: Date.parse(clip.to),
        role: clip.role,
        breaks: clip.breaks,
        replacements: clip.replacements,
      }
    : { assetId: clip.asset, fromSeconds: clip.from, toSeconds: clip.to, role: clip.role }

const idOf = (word: string): string => `presentations/${word}`

/** Adds the routes to the operator API. */
export function addPresentationRoutes(app: OpenAPIHono, ports: PresentationPorts): void {
  const { presentations, marks, playbackUrl } = ports
  app.openapi(put, async (context) => {
    const id = idOf(context.req.valid('param').id)
    const { clips } = context.req.valid('json')
    const { row, stored } = await replaced(ports, id, clips.map(askedOf))
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
    await presentations.remove(id)
    await marks.edit([markEntry(id)], () => new Map([[markEntry(id), undefined]]))
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

/**
 * Stores a version and publishes it in place of the previous one; throws PRESENTATION_RACE (503) on a concurrent
 * change.
 */
async function replaced(
  { presentations, marks, channel, now }: PresentationPorts,
  id: string,
  clips: Parameters<typeof composed>[1],
): Promise<{ readonly row: PresentationRow; readonly stored: StoredPresentation }> {
  const before = await presentations.row(id)
  let published: Awaited<ReturnType<PresentationStore['published']>> = new Map()
  const stored = await composed(id, clips, {
    object: (key) => presentations.object(key),
    channel,
    now,
    async versions(contentIds) {
      published = await presentations.published([...contentIds, ...channelsOf(clips)])
      return new Map([...published].map(([content, { version }]) => [content, version]))
    },
  })
  const text = JSON.stringify(stored)
  const row: PresentationRow = {
    id,
    version: sha256Hex(text).slice(0, 16),
    revision: (before?.revision ?? 0) + 1,
    durationSeconds: secondsOf(stored),
    isProtected: [...published.values()].some(({ isProtected }) => isProtected),
    updatedAt: new Date(now()).toISOString(),
    contents: contentsOf(stored),
  }
  await presentations.store(id, row.version, text)
  const mark = (value: string | undefined) =>
    marks.edit([markEntry(id)], () => new Map([[markEntry(id), value]]))
  // Content that needs a session must never be served without one; content that needs none may require one for a
  // moment.
  if (row.isProtected) await mark('1')
  if (!(await presentations.put(row)))
    throw new HeadendError(
      'PRESENTATION_RACE',
      `${id}: expected revision ${row.revision - 1}, got another; somebody else stored it at the same time`,
      { status: 503 },
    )
  if (!row.isProtected) await mark(undefined)
  return { row, stored }
}

const channelsOf = (clips: Parameters<typeof composed>[1]): readonly ContentId[] =>
  clips.flatMap((clip) => ('channelId' in clip ? [`live/${clip.channelId}`] : []))

const nextSchema = z.object({
  id: z.string().startsWith('presentations/').max(160),
  updatedAt: z.string().min(1).max(64),
})

/** Position from a page token, without any other fields. */
const readPlace = (value: unknown): z.infer<typeof nextSchema> | undefined => nextSchema.safeParse(value).data
