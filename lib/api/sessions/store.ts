/** Signing keys and revocations in the CloudFront KeyValueStore that the viewer-request function reads. */
import { type KeyValues, keyValues } from '../../platform/aws/key-values.ts'

/** The store behind the session routes. */
export interface SessionStore extends Pick<KeyValues, 'once' | 'edit'> {
  put(name: string, value: string): Promise<void>
}

/** The key-value store with this ARN. */
export function sessionStore(arn: string): SessionStore {
  const values = keyValues(arn)
  return {
    once: (name, make) => values.once(name, make),
    edit: (names, decide) => values.edit(names, decide),
    async put(name, value) {
      await values.change(new Map([[name, value]]))
    },
  }
}
