/** Request and response schemas of presentations in the operator API. */
import { z } from '@hono/zod-openapi'
import { idForm, idWanted } from '../timeline/ids.ts'
import { breakWays, maxClips } from './stored.ts'

const id = z.string().regex(idForm, idWanted)

/** ID of a presentation, in its path and URLs. */
export const presentationIdSchema = id.openapi({ example: 'tonight', description: 'of the presentation' })

const role = z.enum(['content', 'ad', 'slate', 'bumper'])
const seconds = z.number().min(0).max(1e6)

/** A range of an asset. */
const clipRequestSchema = z
  .object({
    asset: id.openapi({ example: 'big-buck-bunny' }),
    from: seconds.optional().openapi({ description: 'seconds; the start where absent' }),
    to: seconds.optional().openapi({ description: 'seconds; the end where absent' }),
    role: role.default('content'),
  })
  .refine(({ from = 0, to }) => to === undefined || to > from, 'expected from before to')
  .openapi('ClipRequest')

/** A time with its zone, ISO 8601. */
export const time = z.iso.datetime({ offset: true }).openapi({ example: '2026-12-03T20:15:00Z' })

/** Longest range of a channel: two days. */
const maxChannelMs = 48 * 3_600_000

/** What is said of a range of a channel. */
export const rangeShape = {
  from: time,
  to: time.openapi({ description: 'may be to come: it grows until then' }),
  breaks: z.enum(breakWays).default('keep').openapi({ description: 'what becomes of ad breaks' }),
  replacements: z
    .array(id)
    .max(16)
    .default([])
    .openapi({ description: 'assets in the place of each break, one behind the other' }),
}

type RangeRequest = z.infer<z.ZodObject<typeof rangeShape>>

/** The schema with the rules of ranges. */
export const asRange = <Schema extends z.ZodType<RangeRequest>>(schema: Schema) =>
  schema
    .refine(({ from, to }) => Date.parse(to) > Date.parse(from), 'expected from before to')
    .refine(({ from, to }) => Date.parse(to) - Date.parse(from) <= maxChannelMs, 'expected two days at most')
    .refine(
      ({ breaks, replacements }) => (breaks === 'replace') === replacements.length > 0,
      'expected replacements where breaks are to be replaced, and only there',
    )

/** A range of a channel. */
const channelClipRequestSchema = asRange(
  z.object({ channel: id.openapi({ example: 'news' }), ...rangeShape, role: role.default('content') }),
).openapi('ChannelClipRequest')

/** An edit list. */
export const presentationRequestSchema = z
  .object({
    clips: z
      .array(z.union([clipRequestSchema, channelClipRequestSchema]))
      .min(1)
      .max(maxClips),
  })
  .openapi('PresentationRequest')

/** A clip as it is asked for. */
export type RequestClip = z.infer<typeof presentationRequestSchema>['clips'][number]

const clipSchema = z
  .object({
    asset: z.string().optional(),
    channel: z.string().optional().openapi({ description: 'in place of an asset' }),
    version: z.string().openapi({ description: 'which version of the asset it shows, whatever comes later' }),
    role,
    from: z.number().openapi({
      description: 'seconds of the asset: the nearest boundary of a segment; of a channel since 1970',
    }),
    to: z.number().openapi({ description: 'seconds of the asset, or since 1970' }),
    at: z.number().openapi({
      description: 'seconds of the presentation at which it starts, with all breaks of channels',
    }),
    breaks: z.enum(breakWays).optional(),
    replacements: z.array(z.string()).optional(),
  })
  .openapi('PresentationClip')

const renditionSchema = z
  .object({
    id: z.string(),
    type: z.string().openapi({ example: 'video' }),
    codec: z.string().openapi({ example: 'avc1.64001f', description: 'RFC 6381' }),
    language: z.string().optional(),
    height: z.number().optional(),
    absentIn: z.array(z.number().int()).openapi({
      description: 'clips, counted from 1, that have nothing for it: text and the like are left out there',
    }),
  })
  .openapi('PresentationRendition')

const common = {
  id: z.string().openapi({ example: 'tonight' }),
  version: z.string().openapi({ description: 'digest of what it holds' }),
  durationSeconds: z.number(),
  protected: z.boolean().openapi({
    description: 'whether an asset of it was when it was stored: then the URLs of a session play alone',
  }),
  manifests: z.object({ hls: z.string(), dash: z.string() }),
  updatedAt: z.string().openapi({ example: '2026-01-31T12:00:00.000Z' }),
}

/** A stored presentation. */
export const presentationSchema = z
  .object({ ...common, clips: z.array(clipSchema), renditions: z.array(renditionSchema) })
  .openapi('Presentation')

/** A page of presentations, latest change first. */
export const presentationPageSchema = z
  .object({
    presentations: z.array(z.object(common).openapi('PresentationSummary')),
    next: z.string().optional().openapi({ description: 'pass it as `next` to get the page after this one' }),
  })
  .openapi('PresentationPage')

export type PresentationSummary = z.infer<typeof presentationPageSchema>['presentations'][number]
export type PresentationAnswer = z.infer<typeof presentationSchema>
