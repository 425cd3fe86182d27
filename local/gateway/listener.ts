/** A loopback port. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { LocalError } from '../errors.ts'
import { instancePath } from './route.ts'

export type Answer = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>

export interface Listener {
  readonly port: number
  /** `http://127.0.0.1:8081`, without a slash at its end. */
  readonly url: string
  /** Until this is called everything is answered with 503. */
  answerWith(answer: Answer): void
  /** Lets running answers end for a moment, then breaks them off. */
  close(): Promise<void>
}

/**
 * Listens on 127.0.0.1; port 0 takes a free one. HTTP/1.1 for now: a Kinesis client speaks HTTP/2 without
 * asking first, and this is where its first bytes (`PRI`) will be told from the others.
 */
export async function listen(port: number): Promise<Listener> {
  let answer: Answer = starting
  const server = createServer({
    maxHeaderSize: maximumHeaderBytes,
    keepAliveTimeout: 75_000,
    requestTimeout: 0,
  })
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    // A client that goes away is no event for anyone but whoever is writing to it.
    response.on('error', ignore)
    request.on('error', ignore)
    try {
      void Promise.resolve(answer(request, response)).catch((error: unknown) => fail(response, error))
    } catch (error) {
      fail(response, error)
    }
  }
  server.on('request', handle)
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    continueWhenRead(request, response)
    handle(request, response)
  })
  server.on('clientError', (_, socket) => {
    if (socket.writable)
      socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
    else socket.destroy()
  })
  await open(server, port)
  const address = server.address()
  const bound = typeof address === 'object' && address !== null ? address.port : port
  return {
    port: bound,
    url: `http://127.0.0.1:${bound}`,
    answerWith(next) {
      answer = next
    },
    close: () => close(server),
  }
}

/** `Expect: 100-continue` is answered when somebody reads the body: who is refused before that need not send it. */
function continueWhenRead(request: IncomingMessage, response: ServerResponse): void {
  response.shouldKeepAlive = false
  request.on('newListener', (event) => {
    if (response.headersSent || (event !== 'data' && event !== 'readable')) return
    if (!response.shouldKeepAlive) response.writeContinue()
    response.shouldKeepAlive = true
  })
}

/** SigV4 credentials in a query with a session token, and S3's 2 KB of metadata, fit well. */
const maximumHeaderBytes = 32 * 1024

function open(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EADDRINUSE' && cause.code !== 'EACCES') return reject(cause)
      const why = cause.code === 'EACCES' ? 'may not be opened by this user' : 'is taken'
      reject(
        new LocalError('LOCAL_PORT_TAKEN', `port ${port} of 127.0.0.1 ${why}: choose another with --port`, {
          cause,
        }),
      )
    })
    server.listen(port, '127.0.0.1', resolve)
  })
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const timer = setTimeout(() => server.closeAllConnections(), 1000)
  await closed
  clearTimeout(timer)
}

function fail(response: ServerResponse, error: unknown): void {
  console.error(error)
  if (response.headersSent) response.destroy()
  else {
    response.writeHead(500, { 'content-type': 'text/plain' })
    response.end('internal error')
  }
}

/** Says which run this is, and to everything else that it is not ready. */
export function answerWhileStarting(instance: string): Answer {
  return (request, response) => {
    if (request.url === instancePath) response.end(instance)
    else starting(request, response)
  }
}

function starting(_: IncomingMessage, response: ServerResponse): void {
  response.writeHead(503, { 'retry-after': '1', 'content-type': 'text/plain' })
  response.end('starting')
}

function ignore(): void {}
