/** Stands in for the compiled half of `aws-lambda-ric`, which answers buffered invocations: the same requests in JavaScript. */
import { request } from 'node:http'

const invocation = (id: string): string => `/2018-06-01/runtime/invocation/${id}`

/** Invocations are fetched by the client's own JavaScript (AWS_LAMBDA_NODEJS_USE_ALTERNATIVE_CLIENT_1). */
export function next(): never {
  throw new Error('native client: expected the alternative client to ask for the next invocation')
}

/** The answer of an invocation. */
export function done(id: string, body: string): void {
  post(`${invocation(id)}/response`, body)
}

/** The error of an invocation. */
export function error(id: string, body: string): void {
  post(`${invocation(id)}/error`, body)
}

function post(path: string, body: string): void {
  const [hostname, port] = (process.env['AWS_LAMBDA_RUNTIME_API'] ?? '').split(':')
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  request({ hostname, port, path, method: 'POST', headers, agent: false }, (answer) => answer.resume()).end(
    body,
  )
}
