/** A function's thread: loads the handler once, then runs one invocation after the other. */

import { getHeapStatistics } from 'node:v8'
import { parentPort, workerData } from 'node:worker_threads'
import {
  compileCache,
  type FromThread,
  type InvokeMessage,
  type ThreadSettings,
  type ToThread,
} from './protocol.ts'
import { captureConsole } from './thread-console.ts'
import { type Callback, type Handler, loadHandler, RuntimeError, wordError } from './thread-handler.ts'
import { awslambda, handlerStream, ResponseStream, streamingHandler } from './thread-stream.ts'

const memoryCheckMs = 100

if (parentPort !== null) {
  const port = parentPort
  // The only writer of workerData is environment.ts, with this type.
  const settings = workerData as ThreadSettings
  delete process.env[compileCache]
  let current: InvokeMessage | undefined
  let stream: ResponseStream | undefined
  const send = (message: FromThread, transfer: readonly ArrayBuffer[] = []): void =>
    port.postMessage(message, transfer)

  captureConsole(send, () => current?.requestId)
  Object.assign(globalThis, { awslambda })
  watchMemory(settings.memoryMb, () => send({ kind: 'out-of-memory' }))
  // As in Lambda, a rejection nobody awaits ends the environment.
  process.on('unhandledRejection', (reason) => {
    const { errorMessage, trace } = wordError(reason)
    send({
      kind: 'failed',
      ended: false,
      error: { errorType: 'Runtime.UnhandledPromiseRejection', errorMessage, ...(trace && { trace }) },
    })
    process.exit(128)
  })

  const handler = await loadHandler(settings).catch((error: unknown) => {
    send({ kind: 'init-failed', error: wordError(error) })
    return undefined
  })
  if (handler !== undefined) {
    port.on('message', (message: ToThread) => {
      if (message.kind === 'taken') {
        stream?.taken(message.bytes)
        return
      }
      current = message
      stream = new ResponseStream(send)
      void invoke({ handler, message, stream, settings, send })
    })
    send({ kind: 'ready' })
  }
}

interface Turn {
  readonly handler: Handler
  readonly message: InvokeMessage
  readonly stream: ResponseStream
  readonly settings: ThreadSettings
  readonly send: (message: FromThread) => void
}

async function invoke({ handler, message, stream, settings, send }: Turn): Promise<void> {
  const context = contextOf(message, settings)
  if (streamingHandler in handler) {
    await invokeStreaming({ handler, message, stream, send }, context)
    return
  }
  try {
    const event: unknown = JSON.parse(message.payload)
    send({ kind: 'result', payload: textOf(await answerOf(handler, event, context)) })
  } catch (error) {
    send({ kind: 'failed', error: wordError(error), ended: false })
  }
}

/**
 * Over when the handler has returned and what it wrote has gone. A stream that the handler leaves open ends with the
 * function's time: nobody else ends it. One that it destroyed breaks the response off, and the environment dies of a
 * rejection in the client that nobody awaits. One whose handler throws is ended with the error behind the last byte, in
 * trailers that no reader of a Function URL ever sees.
 */
async function invokeStreaming(
  { handler, message, stream, send }: Omit<Turn, 'settings'>,
  context: object,
): Promise<void> {
  const gone = new Promise<void>((resolve, reject) => {
    stream.once('finish', resolve).once('error', reject)
    stream.once('close', () => reject(new Error('the response was broken off')))
  })
  gone.catch(() => undefined)
  try {
    await handler(JSON.parse(message.payload), handlerStream(stream), context)
    await gone
    send({ kind: 'ended' })
  } catch (error) {
    if (stream.destroyed && !stream.writableFinished) {
      send({ kind: 'broken', error: wordError(error) })
      return
    }
    if (stream.opened) {
      if (!stream.writableEnded) stream.end()
      await gone.catch(() => undefined)
    }
    send({ kind: 'failed', error: wordError(error), ended: true })
  }
}

/** A handler answers by promise, or (up to Node 22) by callback. */
function answerOf(handler: Handler, event: unknown, context: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const callback: Callback = (error, result) => (error ? reject(asError(error)) : resolve(result))
    const returned = handler(event, context, callback)
    const isPromise = typeof returned === 'object' && returned !== null && 'then' in returned
    if (isPromise) Promise.resolve(returned).then(resolve, reject)
    // A handler that neither promises nor takes a callback has nothing to answer with.
    else if (handler.length < 3) resolve(null)
  })
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}

function textOf(result: unknown): string {
  try {
    return result === undefined ? 'null' : (JSON.stringify(result) ?? 'null')
  } catch (error) {
    throw new RuntimeError('Runtime.MarshalError', 'Unable to stringify response body', { cause: error })
  }
}

function contextOf(message: InvokeMessage, { name, memoryMb }: ThreadSettings): object {
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '/')
  return {
    awsRequestId: message.requestId,
    functionName: name,
    functionVersion: message.functionVersion,
    invokedFunctionArn: message.functionArn,
    memoryLimitInMB: String(memoryMb),
    logGroupName: `/aws/lambda/${name}`,
    logStreamName: `${day}/[${message.functionVersion}]local`,
    callbackWaitsForEmptyEventLoop: true,
    clientContext: undefined,
    identity: undefined,
    getRemainingTimeInMillis: () => Math.max(0, message.deadlineMs - Date.now()),
  }
}

/** The heap limit of a thread does not count buffers, which is where media lives: look now and then. */
function watchMemory(memoryMb: number, exceeded: () => void): void {
  const timer = setInterval(() => {
    const { used_heap_size: heap, external_memory: external } = getHeapStatistics()
    if (heap + external > memoryMb * 1024 * 1024) {
      exceeded()
      clearInterval(timer)
    }
  }, memoryCheckMs)
  timer.unref()
}
