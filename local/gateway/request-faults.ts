/** Faults that are met before a service is chosen: of connections, and of services that have no more to tell a rule. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { type Faults, type FaultWords, suffer } from '../faults/index.ts'
import { AwsFault } from '../service.ts'

/** They meet their faults themselves, where they know table, bucket and key. */
const meetTheirOwn: ReadonlySet<string> = new Set([
  'dynamodb',
  's3',
  'cloudfront-keyvaluestore',
  'lambda',
  'events',
])

const words: FaultWords = {
  throttle: () => new AwsFault('ThrottlingException', 'Rate exceeded'),
  internal: () => new AwsFault('InternalServerError', 'The request processing has failed', 500),
}

/** Throws what a request meets. */
export function faultsOfRequests(
  faults: Faults,
  nowMs: () => number,
): (request: IncomingMessage, response: ServerResponse, service: string) => Promise<void> {
  const idleSinceMs = new WeakMap<Socket, number>()
  return async (request, response, service) => {
    const { socket } = request
    const since = idleSinceMs.get(socket)
    response.once('close', () => idleSinceMs.set(socket, nowMs()))
    if (since !== undefined)
      await suffer(faults, { service: 'connection', operation: 'reuse', idleMs: nowMs() - since }, words)
    if (meetTheirOwn.has(service)) return
    const operation = String(request.headers['x-amz-target'] ?? '').split('.')[1] ?? ''
    await suffer(faults, { service, operation }, words)
  }
}
