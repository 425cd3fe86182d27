/** What the archiver is told: which hour is sealed, and of which hours holds have changed. */
import * as z from 'zod'
import type { LiveHead } from '../../timeline/live/head.ts'

/** A head as far as the archive needs it; the rest is kept as it is. */
const headSchema = z.looseObject({
  id: z.string(),
  version: z.string(),
  windowSeconds: z.number(),
  tracks: z.array(z.looseObject({ id: z.string(), timescale: z.number() })),
})

const hourSchema = z.object({
  head: headSchema.transform((head) => head as unknown as LiveHead),
  hour: z.number().int(),
  /** Of its page. */
  revision: z.number().int(),
})

/** Hours whose holds have changed. */
const heldSchema = z.object({
  /** `live/<channelId>`. */
  id: z.string(),
  version: z.string(),
  /** Hours since 1970, both included. */
  heldFrom: z.number().int(),
  heldTo: z.number().int(),
})

/** What a message says. */
export const messageSchema = z.union([hourSchema, heldSchema])

/** An hour to archive. */
export type HourToArchive = z.infer<typeof hourSchema>

/** Hours whose archive is to be kept for as long as holds say by now. */
export type HeldHours = z.infer<typeof heldSchema>
