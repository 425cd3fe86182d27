/** What the operator's API gives of a channel's recent past. */
import { z } from '@hono/zod-openapi'

const time = z.string().openapi({ example: '2026-01-31T12:00:00.000Z' })
const late = z.number().optional().openapi({
  description: 'ms from there to the segment of the video that begins at it or next; 0: cut to the frame',
})

/** From `start` to `end`. */
export const channelTimelineSchema = z
  .object({
    start: time,
    end: time,
    since: time.optional().openapi({ description: 'begin of the first segment that came in that time' }),
    through: time.optional().openapi({ description: 'end of the last segment that came' }),
    markers: z.array(
      z.object({
        id: z.string(),
        kind: z.enum(['break', 'programme', 'chapter', 'other']),
        start: time,
        end: time.optional().openapi({ description: 'absent as long as it runs' }),
        plannedSeconds: z.number().optional(),
        startLateMs: late,
        endLateMs: late,
      }),
    ),
    gaps: z.array(z.object({ track: z.string(), start: time, end: time })),
    refused: z
      .object({
        at: time,
        object: z.string().openapi({ description: 'its name below the channel' }),
        code: z.string().optional(),
        message: z.string(),
      })
      .optional()
      .openapi({ description: 'the last object of the feed that was not taken, or not whole; of a week' }),
    discontinuities: z.array(time).openapi({ description: 'where the feed began anew' }),
  })
  .openapi('ChannelTimeline')

/** As the API shows it. */
export type ShownChannelTimeline = z.infer<typeof channelTimelineSchema>
