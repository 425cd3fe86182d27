/** What the operator's API gives of credentials of a feed. */
import { z } from '@hono/zod-openapi'

/** Where and as whom an encoder sends. */
export const feedCredentialsSchema = z
  .object({
    url: z.string().openapi({
      example: 'https://d111111abcdef8.cloudfront.net/ingest/news/',
      description: 'PUT or POST objects of the feed below it',
    }),
    username: z.string().openapi({ example: 'news' }),
    password: z.string().openapi({ description: 'shown here alone: only its digest is kept' }),
  })
  .openapi('FeedCredentials')

/** As the API shows them. */
export type ShownFeedCredentials = z.infer<typeof feedCredentialsSchema>
