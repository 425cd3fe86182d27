/** What the operator's API takes and gives of programmes. */
import { z } from '@hono/zod-openapi'
import { idForm, idWanted } from '../../timeline/ids.ts'
import { maxHoldSeconds } from '../../timeline/live/keeping.ts'
import { asRange, rangeShape, time } from '../schema.ts'
import { breakWays } from '../stored.ts'
import { programmeIdForm, programmeIdWanted } from './programme.ts'

const channelId = z
  .string()
  .regex(idForm, idWanted)
  .openapi({ example: 'news', description: 'of the channel' })

/** A channel, in a path. */
export const channelParams = z.object({ id: channelId })

/** A programme of a channel, in a path. */
export const programmeParams = z.object({
  id: channelId,
  programme: z
    .string()
    .regex(programmeIdForm, programmeIdWanted)
    .openapi({ example: 'evening', description: 'of the programme, within its channel' }),
})

const title = z.string().max(200).optional().openapi({ example: 'Evening news' })

const keepUntil = time.optional().openapi({
  example: '2027-01-03T20:15:00Z',
  description: 'its film plays until then, with the media and keys it needs; at most five years',
})

/** What an operator says of a programme. */
export const programmeRequestSchema = asRange(z.object({ title, ...rangeShape, keepUntil }))
  .refine(
    ({ to, keepUntil: until }) =>
      until === undefined || Date.parse(until) <= Date.parse(to) + maxHoldSeconds * 1000,
    'expected to be kept for five years at most',
  )
  .openapi('ProgrammeRequest')

/** A programme. */
export const programmeSchema = z
  .object({
    id: z.string().openapi({ example: 'evening' }),
    channel: z.string().openapi({ example: 'news' }),
    title,
    from: z.string(),
    to: z.string(),
    breaks: z.enum(breakWays),
    replacements: z.array(z.string()),
    state: z
      .enum(['planned', 'running', 'over'])
      .openapi({ description: 'by its times; while it runs its film grows' }),
    content: z.string().openapi({
      example: 'presentations/news.evening',
      description: 'of sessions and tokens for its film',
    }),
    manifests: z.object({ hls: z.string(), dash: z.string() }),
    keepUntil: z.string().optional().openapi({ description: 'as it was asked for' }),
    playsUntil: z.string().optional().openapi({
      description: 'until when its media are kept for certain; absent where nothing has come for its channel',
    }),
    changedAt: z.string(),
  })
  .openapi('Programme')

/** A page of programmes. */
export const programmePageSchema = z
  .object({
    programmes: z.array(programmeSchema),
    next: z.string().optional().openapi({ description: 'pass it as `next` to get the page after this one' }),
  })
  .openapi('ProgrammePage')
