/** The schemas shared by all of the operator's API, and those of sessions. */

import { z } from '@hono/zod-openapi'
import { errors } from '../errors/table.ts'
import { contentIdForm, contentIdWanted } from '../timeline/ids.ts'

const errorCodes = Object.keys(errors).toSorted()

/** The format of every error. */
export const errorSchema = z
  .object({
    error: z.object({
      code: z
        .enum(errorCodes)
        .openapi({ example: 'ASSET_NOT_FOUND', description: 'what each means: docs/errors.md' }),
      message: z.string().openapi({ example: 'no upload of vod/film was seen yet' }),
    }),
  })
  .openapi('Error')

/** The maximum duration of a playback session, and so the time a revocation must be kept. */
export const maxSessionSeconds = 7 * 86_400

/** Session signing keys, by name; never a key itself. */
export const rotationSchema = z
  .object({
    kid: z.string().openapi({ example: '2', description: 'first word of the tokens it signs' }),
    before: z.object({ kid: z.string(), opensUntil: z.string() }),
  })
  .openapi('SessionKeyRotation')

/** A request for a session: the content to play, and for how long. */
export const sessionRequestSchema = z
  .object({
    content: z.string().regex(contentIdForm, contentIdWanted).openapi({ example: 'vod/big-buck-bunny' }),
    ttlSeconds: z
      .number()
      .int()
      .min(30)
      .max(maxSessionSeconds)
      .default(4 * 3600),
  })
  .openapi('SessionRequest')

/** A playback session: its token and the URLs that carry it. */
export const sessionSchema = z
  .object({
    sessionId: z.string(),
    token: z.string(),
    expiresAt: z.string(),
    hls: z.string(),
    dash: z.string(),
  })
  .openapi('Session')

export type SessionRequest = z.infer<typeof sessionRequestSchema>
export type Session = z.infer<typeof sessionSchema>
