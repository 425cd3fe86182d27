/** Query parameters that may appear once. */
import { HeadendError } from '../../errors.ts'

/** The value of a parameter; throws QUERY_REPEATED (400) if it appears more than once. */
export function single(query: URLSearchParams, name: string): string | undefined {
  const values = query.getAll(name)
  if (values.length > 1)
    throw new HeadendError('QUERY_REPEATED', `${name}: expected once, got ${values.length} times`)
  return values[0]
}
