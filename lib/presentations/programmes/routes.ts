/** `/v1/channels/{id}/programmes`: what is on, and the films of it. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { manifestsOf } from '../../assets/api/index.ts'
import { HeadendError } from '../../errors.ts'
import { parseNext, printNext } from '../../platform/http/page-key.ts'
import { conflict, json, notFound, operator, refusals } from '../../platform/operator/operator-api.ts'
import type { LiveHead } from '../../timeline/live/head.ts'
import { keptUntil } from '../../timeline/live/keeping.ts'
import { pageShape } from '../page-shape.ts'
import { type PublishPorts, publish, withdraw } from '../publish.ts'
import { time } from '../schema.ts'
import type { StoredPresentation } from '../stored.ts'
import type { HeldRange, HoldPorts } from './holds.ts'
import { filmOf, programmeIdForm, stateAt } from './programme.ts'
import {
  channelParams,
  programmePageSchema,
  programmeParams,
  programmeRequestSchema,
  programmeSchema,
} from './schema.ts'
import type { ProgrammeRow, ProgrammeStore } from './store.ts'

/** Dependencies of the routes. */
export interface ProgrammePorts extends PublishPorts {
  readonly programmes: ProgrammeStore
  readonly holds: HoldPorts
  /** Base URL of playback, without a trailing slash. */
  readonly playbackUrl: () => Promise<string>
}

const tags = ['channels']
const path = '/v1/channels/{id}/programmes/{programme}'

const put = createRoute({
  operationId: 'putProgramme',
  tags,
  method: 'put',
  path,
  summary: 'Say when a programme of a channel is on, and make its film',
  description:
    'The film plays as the programme runs and is whole the moment it ends, with its breaks kept, left out or replaced. Said again with other times, it is a new version under the same URLs.',
  security: operator,
  request: {
    params: programmeParams,
    body: { ...json(programmeRequestSchema, 'its times and breaks'), required: true },
  },
  responses: { 200: json(programmeSchema, 'as it is stored'), ...conflict, ...refusals },
})

const get = createRoute({
  operationId: 'getProgramme',
  tags,
  method: 'get',
  path,
  summary: 'One programme of a channel',
  description: 'Its times, and where its film plays.',
  security: operator,
  request: { params: programmeParams },
  responses: { 200: json(programmeSchema, 'the programme'), ...notFound, ...refusals },
})

const remove = createRoute({
  operationId: 'deleteProgramme',
  tags,
  method: 'delete',
  path,
  summary: 'Take a programme and its film away',
  description:
    'The channel goes on showing what it showed. Who plays the film gets no manifest any more, within seconds.',
  security: operator,
  request: { params: programmeParams },
  responses: { 204: { description: 'taken away' }, ...refusals },
})

const list = createRoute({
  operationId: 'listProgrammes',
  tags,
  method: 'get',
  path: '/v1/channels/{id}/programmes',
  summary: 'List the programmes of a channel, in the order they begin',
  description: 'Each page but the last gives `next`, which asks for the one after it.',
  security: operator,
  request: {
    params: channelParams,
    query: z.object({
      from: time.optional().openapi({ description: 'that begin then or later' }),
      to: time.optional().openapi({ description: 'that begin by then' }),
      ...pageShape('programmes'),
    }),
  },
  responses: { 200: json(programmePageSchema, 'a page of programmes'), ...refusals },
})

/** Adds the routes to the operator API. */
export function addProgrammeRoutes(app: OpenAPIHono, ports: ProgrammePorts): void {
  const { programmes, now } = ports
  app.openapi(put, async (context) => {
    const { id: channelId, programme: id } = context.req.valid('param')
    const { from, to, keepUntil, ...said } = context.req.valid('json')
    const before = await programmes.programme(channelId, id)
    const row: ProgrammeRow = {
      channelId,
      id,
      ...said,
      from: utc(from),
      to: utc(to),
      ...(keepUntil !== undefined && { keepUntil: utc(keepUntil) }),
      revision: (before?.revision ?? 0) + 1,
      changedAt: utc(now()),
    }
    // The film first: a programme that can not be shown is refused as a whole.
    const { breaks, replacements } = said
    const { stored } = await publish(ports, filmOf(row), [
      { channel: channelId, from, to, breaks, replacements, role: 'content' },
    ])
    await changeHold(ports, { row, before, stored })
    if (!(await programmes.putProgramme(row)))
      throw new HeadendError(
        'PRESENTATION_RACE',
        `${filmOf(row)}: expected revision ${row.revision - 1} of its programme, got another; somebody else stored it at the same time`,
        { status: 503 },
      )
    return context.json((await answers(ports, channelId))(row), 200)
  })
  app.openapi(get, async (context) => {
    const { id: channelId, programme: id } = context.req.valid('param')
    const row = await programmes.programme(channelId, id)
    if (!row)
      throw new HeadendError('PROGRAMME_NOT_FOUND', `live/${channelId} ${id}: no such programme`, {
        status: 404,
      })
    return context.json((await answers(ports, channelId))(row), 200)
  })
  app.openapi(remove, async (context) => {
    const { id: channelId, programme: id } = context.req.valid('param')
    const row = await programmes.programme(channelId, id)
    await withdraw(ports, filmOf({ channelId, id }))
    if (row?.keepUntil !== undefined) await ports.holds.lift({ ...rangeOf(row), id: holdOf(row) })
    await programmes.removeProgramme(channelId, id)
    return context.body(null, 204)
  })
  app.openapi(list, async (context) => {
    const { id: channelId } = context.req.valid('param')
    const { from, to, limit, next } = context.req.valid('query')
    const { rows, isLast } = await programmes.programmes({
      channelId,
      from: utc(from ?? 0),
      to: to === undefined ? '~' : utc(to),
      limit,
      after: next === undefined ? undefined : parseNext(next, readPlace),
    })
    const answer = await answers(ports, channelId)
    const last = rows.at(-1)
    return context.json(
      {
        programmes: rows.map(answer),
        ...(!isLast && last && { next: printNext({ id: last.id, from: last.from }) }),
      },
      200,
    )
  })
}

/** Rows of a channel as the API gives them. */
async function answers({ channel, playbackUrl, now }: ProgrammePorts, channelId: string) {
  const [head, root] = await Promise.all([channel(`live/${channelId}`), playbackUrl()])
  return (row: ProgrammeRow): z.infer<typeof programmeSchema> => {
    const { id, title, from, to, breaks, replacements, keepUntil, changedAt } = row
    const content = filmOf(row)
    return {
      id,
      channel: channelId,
      ...(title !== undefined && { title }),
      from,
      to,
      breaks,
      replacements: [...replacements],
      state: stateAt(row, now()),
      content,
      manifests: manifestsOf(content, root),
      ...playsUntil(row, head),
      ...(keepUntil !== undefined && { keepUntil }),
      changedAt,
    }
  }
}

/** Until when it is certain to play; nothing is, where nothing has come. */
function playsUntil(
  { from, keepUntil }: ProgrammeRow,
  head: LiveHead | undefined,
): { readonly playsUntil?: string } {
  if (!head) return {}
  const windowMs = keptUntil(Date.parse(from) / 1000, head.windowSeconds) * 1000
  return { playsUntil: utc(Math.max(windowMs, keepUntil === undefined ? 0 : Date.parse(keepUntil))) }
}

interface ToHold {
  readonly row: ProgrammeRow
  readonly before: ProgrammeRow | undefined
  readonly stored: StoredPresentation
}

/** Places, changes or lifts the hold of a programme. Once more it does the same: who got an error says it all again. */
async function changeHold({ holds }: ProgrammePorts, { row, before, stored }: ToHold): Promise<void> {
  const id = holdOf(row)
  const old = before?.keepUntil === undefined ? undefined : rangeOf(before)
  const [clip] = stored.clips
  if (row.keepUntil === undefined || !clip) {
    if (old) await holds.lift({ ...old, id })
    return
  }
  const { version } = clip
  const { targetSeconds } = stored
  await holds.place({ ...rangeOf(row), id, version, untilMs: Date.parse(row.keepUntil), targetSeconds }, old)
}

const holdOf = ({ id }: Pick<ProgrammeRow, 'id'>): string => `programmes/${id}`

const rangeOf = ({ channelId, from, to }: ProgrammeRow): HeldRange => ({
  content: `live/${channelId}`,
  fromMs: Date.parse(from),
  toMs: Date.parse(to),
})

const utc = (at: string | number): string => new Date(at).toISOString()

const nextSchema = z.object({ id: z.string().regex(programmeIdForm), from: time })

/** Position from a page token, without any other fields. */
const readPlace = (value: unknown): z.infer<typeof nextSchema> | undefined => nextSchema.safeParse(value).data
