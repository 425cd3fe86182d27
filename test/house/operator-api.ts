/** The operator's API as a script asks it. */
import type { Headend } from './headend.ts'

/** One request with the operator's token; `body` is sent as JSON. */
export function askApi(
  { outputs }: Pick<Headend, 'outputs'>,
  method: string,
  path: string,
  body?: object,
): Promise<Response> {
  return fetch(`${outputs['ApiUrl']}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${outputs['OperatorToken']}`,
      'content-type': 'application/json',
    },
    ...(body && { body: JSON.stringify(body) }),
  })
}
