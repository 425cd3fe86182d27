/** The one endpoint of the local cloud: names the caller, chooses the service, answers what neither can. */
import { randomUUID } from 'node:crypto'
import { IncomingMessage, type ServerResponse } from 'node:http'
import { readBody } from '../aws-json.ts'
import { createFaults, type Faults, faultsDoor } from '../faults/index.ts'
import { AwsFault, type AwsService, type Caller, ConnectionReset } from '../service.ts'
import { identifyCaller } from './caller.ts'
import type { Credentials } from './credentials.ts'
import { sendFault } from './fault.ts'
import { faultsOfRequests } from './request-faults.ts'
import { routeOf } from './route.ts'

/** A Function URL behind the endpoint. */
export interface FunctionUrlDoor {
  handle(request: IncomingMessage, response: ServerResponse, caller: Caller, target: string): Promise<void>
}

export interface GatewayOptions {
  readonly credentials: Credentials
  readonly services: readonly AwsService[]
  /** By the logical id of the `AWS::Lambda::Url`. */
  readonly functionUrls: ReadonlyMap<string, FunctionUrlDoor>
  /** Names this run; a second start on the same data directory asks for it. */
  readonly instance: string
  readonly nowMs: () => number
  /** What goes wrong, and the secret of who may say so. @default nothing */
  readonly faults?: { readonly rules: Faults; readonly secret: string }
}

/** Answers every request; what goes wrong inside is a fault of the asked service and never ends the process. */
export function createGateway(
  options: GatewayOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const services = new Map(options.services.map((service) => [service.name, service]))
  const { rules, secret } = options.faults ?? { rules: createFaults(), secret: randomUUID() }
  const answerFaults = faultsDoor(rules, secret)
  const meetFaults = faultsOfRequests(rules, options.nowMs)
  return async (request, response) => {
    const route = routeOf(request)
    const name = route.kind === 'service' ? route.name : 'lambda'
    try {
      if (route.kind === 'instance') {
        response.writeHead(200, { 'content-type': 'text/plain' })
        response.end(options.instance)
        return
      }
      if (route.kind === 'faults') return await answerFaults(request, response)
      await meetFaults(request, response, name)
      // S3 streams; everyone else is small, and its signature covers the body.
      const streams = route.kind === 'service' && route.name === 's3'
      const body = streams ? undefined : await readBody(request, maximumBodyBytes)
      const { credentials, nowMs } = options
      const caller = identifyCaller({ request, credentials, nowMs: nowMs(), body })
      const whole = body === undefined ? request : replayed(request, body, caller)
      if (route.kind === 'function-url') {
        const door = options.functionUrls.get(route.id)
        if (door === undefined)
          throw new AwsFault('ResourceNotFoundException', `no Function URL ${route.id}`, 404)
        await door.handle(whole, response, caller, route.target)
        return
      }
      const service = services.get(route.name)
      if (service === undefined) throw notHere(route.name)
      await service.handle(whole, response, caller)
    } catch (error) {
      if (error instanceof ConnectionReset) {
        response.destroy()
        return
      }
      sendFault({ response, request, service: name, error, requestId: randomUUID() })
    }
  }
}

/** The largest request of a JSON service is DynamoDB's batch of 16 MiB. */
const maximumBodyBytes = 17 * 1024 * 1024

/** The same request once more, its body at hand. What a service shows the endpoint is not for functions to see. */
function replayed(request: IncomingMessage, body: Buffer, caller: Caller): IncomingMessage {
  const again = new IncomingMessage(request.socket)
  again.method = request.method
  again.url = request.url
  again.httpVersion = request.httpVersion
  again.httpVersionMajor = request.httpVersionMajor
  again.httpVersionMinor = request.httpVersionMinor
  again.rawHeaders = request.rawHeaders
  again.headers = request.headers
  again.headersDistinct = request.headersDistinct
  if (caller.kind === 'service') delete again.headers.authorization
  again.complete = true
  again.push(body)
  again.push(null)
  return again
}

function notHere(name: string): AwsFault {
  return new AwsFault('UnknownOperationException', `${name} is not part of this local cloud`, 501)
}
