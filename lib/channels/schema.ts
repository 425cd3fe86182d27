/** What the operator's API takes and gives of channels. */
import { z } from '@hono/zod-openapi'
import { idForm, idWanted } from '../timeline/ids.ts'
import { maxWindowSeconds } from '../timeline/live/keeping.ts'
import { adMarkers as adMarkerWays, channelDefaults } from './channel.ts'

/** Name of a channel, in its path. */
export const channelIdSchema = z
  .string()
  .regex(idForm, idWanted)
  .openapi({ example: 'news', description: 'of the channel' })

const pipelines = z
  .array(z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'expected names of folders'))
  .min(2)
  .max(4)
  .optional()
  .openapi({
    example: ['a', 'b'],
    description:
      'folders below `upload` into which redundant pipelines of one encoder write the same; each segment is taken from the first that has it',
  })

const adMarkers = z.enum(adMarkerWays).optional().openapi({
  example: 'both',
  description:
    'how HLS playlists tell of breaks: `daterange` (the default) by EXT-X-DATERANGE; `cue-out` by EXT-OATCLS-SCTE35, EXT-X-CUE-OUT, EXT-X-CUE-OUT-CONT and EXT-X-CUE-IN; `both`. MPDs tell of them in any case',
})

const deltaUpdates = z.boolean().optional().openapi({
  example: false,
  description:
    'whether players may reload a playlist of hours without the segments they have (HLS delta updates); true unless said otherwise',
})

const latencySeconds = z.number().min(2).max(300).optional().openapi({
  example: 20,
  description:
    'how far behind live players are asked to play, about; as little as they need unless said otherwise, and never less',
})
const stopped = z.boolean().optional().openapi({
  example: true,
  description:
    'whether nothing of its feed is taken; what is there is shown as ever, and no alarm goes on for it',
})

/** What an operator says of a channel. */
export const channelRequestSchema = z
  .object({
    name: z.string().max(200).optional().openapi({ example: 'News' }),
    segmentSeconds: z.number().min(1).max(20).default(channelDefaults.segmentSeconds).openapi({
      description: 'how long the segments of its encoder are meant to last; longer ones are refused',
    }),
    windowSeconds: z
      .number()
      .int()
      .min(60)
      .max(maxWindowSeconds)
      .default(channelDefaults.windowSeconds)
      .openapi({
        description: 'how far back viewers may go',
      }),
    pipelines,
    adMarkers,
    deltaUpdates,
    latencySeconds,
    stopped,
  })
  .openapi('ChannelRequest')

/** A channel. */
export const channelSchema = z
  .object({
    id: z.string().openapi({ example: 'news' }),
    name: z.string().optional(),
    segmentSeconds: z.number(),
    windowSeconds: z.number(),
    pipelines,
    adMarkers,
    deltaUpdates,
    latencySeconds,
    stopped,
    updatedAt: z.string().openapi({ example: '2026-01-31T12:00:00.000Z' }),
    upload: z
      .string()
      .openapi({ example: 'live/news/', description: 'where its feed goes in the upload bucket' }),
  })
  .openapi('Channel')

/** A channel as the API shows it. */
export type ShownChannel = z.infer<typeof channelSchema>

/** A page of channels, by id. */
export const channelPageSchema = z
  .object({
    channels: z.array(channelSchema),
    next: z.string().optional().openapi({ description: 'pass it as `next` to get the page after this one' }),
  })
  .openapi('ChannelPage')

/** A page of them. */
export type ChannelPage = z.infer<typeof channelPageSchema>

/** What is said of one; what is absent has its default. */
export type ChannelRequest = z.input<typeof channelRequestSchema>
