/** AWS's own runtime client with a function in it, in a process of its own, and the Runtime API it talks to. */
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'

/** What the client sent for one invocation. */
export interface Sent {
  /** `response` or `error`. */
  readonly to: string
  readonly headers: IncomingHttpHeaders
  readonly bytes: Buffer
  readonly trailers: NodeJS.Dict<string>
  /** The request came to its end; else its connection broke. */
  readonly ended: boolean
}

/** A function under the client. */
export interface ClientFunction {
  invoke(event: unknown): Promise<Sent>
  /** What the process printed. */
  readonly printed: string[]
  close(): Promise<void>
}

export interface ClientOptions {
  /** Folder with `index.mjs` or `index.js`. */
  readonly folder: string
  readonly environment?: Readonly<Record<string, string>>
}

const client = fileURLToPath(import.meta.resolve('aws-lambda-ric'))
const preload = fileURLToPath(new URL('./preload.ts', import.meta.url))

/** Starts the client; it asks for its first invocation at once. */
export async function startFunction({ folder, environment = {} }: ClientOptions): Promise<ClientFunction> {
  const events: { readonly id: string; readonly body: string }[] = []
  const waiting: ServerResponse[] = []
  const asked = new Map<string, (sent: Sent) => void>()
  const failed: Error[] = []

  const handOut = (): void => {
    while (events.length > 0 && waiting.length > 0) {
      const event = events.shift()
      waiting
        .shift()
        ?.writeHead(200, headersOf(event?.id ?? ''))
        .end(event?.body)
    }
  }
  const take = async (
    request: IncomingMessage,
    response: ServerResponse,
    { id, to }: { readonly id: string; readonly to: string },
  ): Promise<void> => {
    const sent = await received(request, to)
    response.writeHead(202).end()
    asked.get(id)?.(sent)
    asked.delete(id)
  }
  const server = createServer((request, response) => {
    const [, id = '', to = ''] = /\/invocation\/([^/]+)(?:\/(response|error))?$/.exec(request.url ?? '') ?? []
    if (id === 'next') {
      waiting.push(response)
      handOut()
      return
    }
    void take(request, response, { id, to })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // An address is only a string for a pipe.
  const { port } = server.address() as AddressInfo
  const printed: string[] = []
  const child = spawn(process.execPath, ['--import', preload, client], {
    env: {
      PATH: process.env['PATH'],
      ...runtimeEnvironment,
      ...environment,
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
      LAMBDA_TASK_ROOT: folder,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  for (const output of [child.stdout, child.stderr])
    output.setEncoding('utf8').on('data', (text: string) => printed.push(text))
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => {
      failed.push(new Error(`the runtime client exited:\n${printed.join('')}`))
      for (const settle of asked.values()) settle(nothing)
      resolve()
    })
  })

  return {
    printed,
    async invoke(event) {
      const id = randomUUID()
      const sent = new Promise<Sent>((resolve) => asked.set(id, resolve))
      events.push({ id, body: JSON.stringify(event) })
      handOut()
      const answer = failed.length > 0 ? nothing : await sent
      if (failed[0]) throw failed[0]
      return answer
    },
    async close() {
      child.kill('SIGKILL')
      await exited
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const nothing: Sent = { to: '', headers: {}, bytes: Buffer.alloc(0), trailers: {}, ended: false }

const runtimeEnvironment = {
  AWS_LAMBDA_NODEJS_USE_ALTERNATIVE_CLIENT_1: 'true',
  AWS_LAMBDA_FUNCTION_NAME: 'function',
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1769',
  AWS_LAMBDA_LOG_GROUP_NAME: 'log',
  AWS_LAMBDA_LOG_STREAM_NAME: 'stream',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  _HANDLER: 'index.handler',
}

const headersOf = (id: string) => ({
  'content-type': 'application/json',
  'lambda-runtime-aws-request-id': id,
  'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:us-east-1:000000000000:function:function',
  'lambda-runtime-deadline-ms': `${Date.now() + 30_000}`,
})

async function received(request: IncomingMessage, to: string): Promise<Sent> {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  const ended = await new Promise<boolean>((resolve) => {
    request.once('end', () => resolve(true))
    for (const broken of ['aborted', 'error', 'close']) request.once(broken, () => resolve(request.complete))
  })
  const { headers, trailers } = request
  return { to, headers, bytes: Buffer.concat(chunks), trailers, ended }
}
