/** User names and passwords of packagers, in Secrets Manager. */
import * as z from 'zod'
import { HeadendError } from '../../errors.ts'
import { secretVersions } from '../../platform/aws/secret-versions.ts'
import type { SpekeUser } from './basic.ts'

const userSchema = z.object({
  // The user name ends at the colon (RFC 7617 2).
  username: z.string().regex(/^[^:]{1,256}$/),
  password: z.string().min(16),
})

/** The current user and the previous one, so that packagers can switch to a new password in their own time. */
export async function spekeUsers(secretId: string): Promise<readonly SpekeUser[]> {
  const users = (await secretVersions(secretId)).map((version) => userSchema.safeParse(version).data)
  const known = users.filter((user) => user !== undefined)
  if (users[0] !== undefined) return known
  throw new HeadendError(
    'SPEKE_SECRET',
    'secret of the key server: expected JSON with a username and a password of 16 characters or more',
    { status: 500 },
  )
}
