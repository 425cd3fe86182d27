/** Payload format 2.0: what an HTTP API or Function URL makes of a function's result. */

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: Buffer
}

/** The response to send, or undefined when the result has a form that is answered with an internal error. */
export function answerOf(result: unknown, defaultContentType: string): Answer | undefined {
  if (!hasStatus(result)) {
    const body = typeof result === 'string' ? result : JSON.stringify(result)
    return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(body) }
  }
  const status = Number(result.statusCode)
  if (!Number.isInteger(status) || status < 100 || status > 599) return undefined
  const body = result.body ?? ''
  if (typeof body !== 'string') return undefined
  return {
    status,
    headers: { 'content-type': defaultContentType, ...responseHeaders(result.headers, result.cookies) },
    body: Buffer.from(body, result.isBase64Encoded === true ? 'base64' : 'utf8'),
  }
}

/** Headers that HTTP APIs give other names: a browser is not to ask its user for a password. */
export const renamedHeaders = (headers: Answer['headers']): Answer['headers'] =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name === 'www-authenticate' ? 'x-amzn-remapped-www-authenticate' : name,
      value,
    ]),
  )

/** Headers and cookies of a result or of a stream's prelude, names in lower case. */
export function responseHeaders(
  headers: unknown,
  cookies: unknown,
): Readonly<Record<string, string | readonly string[]>> {
  const answer: Record<string, string | readonly string[]> = {}
  if (typeof headers === 'object' && headers !== null) {
    for (const [name, value] of Object.entries(headers)) {
      const key = name.toLowerCase()
      // These belong to the connection; the service sets them itself.
      if (key === 'content-length' || key === 'transfer-encoding' || key === 'connection') continue
      answer[key] = Array.isArray(value) ? value.map(String).join(',') : String(value)
    }
  }
  if (Array.isArray(cookies) && cookies.length > 0) answer['set-cookie'] = cookies.map(String)
  return answer
}

interface Result {
  readonly statusCode: unknown
  readonly headers?: unknown
  readonly cookies?: unknown
  readonly body?: unknown
  readonly isBase64Encoded?: unknown
}

function hasStatus(result: unknown): result is Result {
  return typeof result === 'object' && result !== null && 'statusCode' in result
}
