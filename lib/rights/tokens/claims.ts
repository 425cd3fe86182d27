/** Request for a playback token, shared by the API and the command line. */

import * as z from 'zod'
import { contentIdForm, contentIdWanted } from '../../timeline/ids.ts'
import { drmLevels, maxTokenSeconds } from './playback-token.ts'

/** Any account name a token was ever issued for. */
export const anyAccountSchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,256}$/, 'expected 1 to 256 printable characters without spaces')
  .meta({ example: 'account-4711' })

/** An account ID assigned by the operator: without `%`, which an intermediary might decode again in a path. */
export const accountSchema = anyAccountSchema.regex(/^[^%]*$/, 'expected no %')

const contentSchema = z.string().regex(contentIdForm, contentIdWanted).meta({ example: 'vod/big-buck-bunny' })

const regionSchema = z.string().regex(/^[A-Z]{2}$/, 'expected a country of ISO 3166-1, two capitals')

/** A token request: the account, the content and the conditions. */
export const playbackTokenRequest = z
  .object({
    account: accountSchema,
    content: contentSchema,
    level: z
      .enum(drmLevels)
      .default('clearkey')
      .describe('least protection of the keys: none but TLS, a DRM in software, one in hardware'),
    regions: z.array(regionSchema).min(1).max(250).optional(),
    ttlSeconds: z
      .number()
      .int()
      .min(1)
      .max(maxTokenSeconds)
      .default(4 * 3600),
  })
  .meta({ id: 'TokenRequest' })
