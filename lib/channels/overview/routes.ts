/** `GET /v1/channels/{id}/timeline`: breaks, gaps and new beginnings of the last hours. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { HeadendError } from '../../errors.ts'
import { json, notFound, operator, refusals } from '../../platform/operator/operator-api.ts'
import { hourOf, minuteOf } from '../../timeline/live/head.ts'
import type { LiveReads, Refusal } from '../live/store.ts'
import { channelIdSchema } from '../schema.ts'
import { overviewOf } from './overview.ts'
import { channelTimelineSchema, type ShownChannelTimeline } from './schema.ts'

/** What the route works with. */
export interface OverviewPorts {
  readonly live: Pick<LiveReads, 'head' | 'cues' | 'minutes' | 'refusal'>
  /** Epoch milliseconds. */
  readonly now: () => number
}

const maxHours = 6

const get = createRoute({
  operationId: 'getChannelTimeline',
  tags: ['channels'],
  method: 'get',
  path: '/v1/channels/{id}/timeline',
  summary: 'What was in a channel lately',
  description: `Its breaks and how exactly they are cut, its gaps and where its feed began anew; at most ${maxHours} hours at a time.`,
  security: operator,
  request: {
    params: z.object({ id: channelIdSchema }),
    query: z.object({
      start: z.iso
        .datetime({ offset: true })
        .optional()
        .openapi({ description: 'an hour before `end` if absent' }),
      end: z.iso.datetime({ offset: true }).optional().openapi({ description: 'now if absent' }),
    }),
  },
  responses: { 200: json(channelTimelineSchema, 'that time of it'), ...notFound, ...refusals },
})

/** Puts the route into the operator's API. */
export function addOverviewRoutes(app: OpenAPIHono, { live, now }: OverviewPorts): void {
  app.openapi(get, async (context) => {
    const { id } = context.req.valid('param')
    const { start, end } = context.req.valid('query')
    const to = (end === undefined ? now() : Date.parse(end)) / 1000
    const from = start === undefined ? to - 3600 : Date.parse(start) / 1000
    if (!(from < to && to - from <= maxHours * 3600))
      throw new HeadendError(
        'CHANNEL_WINDOW',
        `start: expected a time before end, at most ${maxHours} hours, got ${iso(from)} and ${iso(to)}`,
      )
    const [row, refusal] = await Promise.all([live.head(`live/${id}`), live.refusal(`live/${id}`)])
    if (!row && refusal) return context.json({ ...shown(nothing, { from, to }), refused: told(refusal) }, 200)
    if (!row)
      throw new HeadendError('CHANNEL_NOT_FOUND', `${id}: no such channel, or nothing has come for it yet`, {
        status: 404,
      })
    const { head } = row
    const [cues, rows] = await Promise.all([
      // A break may have begun in the hour before.
      live.cues(head, hourOf(from) - 1, hourOf(to)),
      live.minutes(head, minuteOf(from), minuteOf(to)),
    ])
    const overview = overviewOf({ head, cues, rows, from, to })
    return context.json({ ...shown(overview, { from, to }), ...(refusal && { refused: told(refusal) }) }, 200)
  })
}

/** Of a channel that nothing was taken of. */
const nothing: ReturnType<typeof overviewOf> = { markers: [], gaps: [], discontinuities: [] }

const told = ({ path, code, why, atMs }: Refusal): ShownChannelTimeline['refused'] => ({
  at: iso(atMs / 1000),
  object: path,
  ...(code !== undefined && { code }),
  message: why,
})

const iso = (seconds: number): string => new Date(seconds * 1000).toISOString()
const ms = (seconds: number): number => Math.round(seconds * 1000)

const shown = (
  { sinceSeconds, throughSeconds, markers, gaps, discontinuities }: ReturnType<typeof overviewOf>,
  { from, to }: { readonly from: number; readonly to: number },
): ShownChannelTimeline => ({
  start: iso(from),
  end: iso(to),
  ...(sinceSeconds !== undefined && { since: iso(sinceSeconds) }),
  ...(throughSeconds !== undefined && { through: iso(throughSeconds) }),
  markers: markers.map(({ id, kind, beginsLate, endsLate, plannedSeconds, ...marker }) => ({
    id,
    kind,
    start: iso(marker.from),
    ...(marker.to !== undefined && { end: iso(marker.to) }),
    ...(plannedSeconds !== undefined && { plannedSeconds }),
    ...(beginsLate !== undefined && { startLateMs: ms(beginsLate) }),
    ...(endsLate !== undefined && { endLateMs: ms(endsLate) }),
  })),
  gaps: gaps.map((gap) => ({ track: gap.trackId, start: iso(gap.from), end: iso(gap.to) })),
  discontinuities: discontinuities.map(iso),
})
