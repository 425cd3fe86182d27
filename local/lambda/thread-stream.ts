/**
 * Inside a function's thread: the global `awslambda` of the Node runtime and the stream it hands to a
 * streaming handler, which does what that of `aws-lambda-ric` does and no more. A chunk is acknowledged when
 * its reader took it, so `write` returning false and `drain` mean what they mean in Lambda.
 */
import { Writable } from 'node:stream'
import type { FromThread } from './protocol.ts'

/** Marks a handler as `awslambda.streamifyResponse` does in the runtime. */
export const streamingHandler = Symbol.for('aws.lambda.runtime.handler.streaming')

const httpPrelude = 'application/vnd.awslambda.http-integration-response'
const preludeEnd = new Uint8Array(8)
/** Bytes on their way to the reader before `write` waits. */
const windowBytes = 256 * 1024
/** Pieces of a large write, so that the pace of the response stays smooth. */
const pieceBytes = 64 * 1024

/** The request to the Runtime API: what is written to it is the response. */
export class ResponseStream extends Writable {
  #contentType = 'application/octet-stream'
  #opened = false
  #inFlight = 0
  #waiting: (() => void) | undefined
  readonly #send: (message: FromThread, transfer?: readonly ArrayBuffer[]) => void

  constructor(send: (message: FromThread, transfer?: readonly ArrayBuffer[]) => void) {
    super({ highWaterMark: pieceBytes })
    this.#send = send
  }

  /** Something of the response is on its way. */
  get opened(): boolean {
    return this.#opened
  }

  setContentType(contentType: string): void {
    this.#contentType = contentType
  }

  /** The reader took `bytes`. */
  taken(bytes: number): void {
    this.#inFlight -= bytes
    if (this.#inFlight >= windowBytes || this.#waiting === undefined) return
    const go = this.#waiting
    this.#waiting = undefined
    go()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#open()
    for (let at = 0; at < chunk.length; at += pieceBytes) this.#post(chunk.subarray(at, at + pieceBytes))
    if (this.#inFlight < windowBytes) done()
    else this.#waiting = done
  }

  override _final(done: () => void): void {
    this.#open()
    done()
  }

  #open(): void {
    if (this.#opened) return
    this.#opened = true
    this.#send({ kind: 'opened', contentType: this.#contentType })
  }

  #post(bytes: Uint8Array): void {
    // A view would be cloned together with everything its ArrayBuffer holds: copy the piece and hand it over.
    const copy = new Uint8Array(bytes)
    this.#inFlight += copy.length
    this.#send({ kind: 'chunk', bytes: copy }, [copy.buffer])
  }
}

const methods = [
  'addListener',
  'cork',
  'destroy',
  'emit',
  'end',
  'eventNames',
  'getMaxListeners',
  'listenerCount',
  'listeners',
  'off',
  'on',
  'once',
  'prependListener',
  'prependOnceListener',
  'rawListeners',
  'removeAllListeners',
  'removeListener',
  'setMaxListeners',
  'uncork',
] as const
const properties = [
  'destroyed',
  'writable',
  'writableCorked',
  'writableEnded',
  'writableFinished',
  'writableHighWaterMark',
  'writableLength',
  'writableNeedDrain',
  'writableObjectMode',
] as const

/** The client's name for what goes in front; it is no secret of the client's, frameworks set it, too. */
const beforeFirstWrite = '_onBeforeFirstWrite'

/** What a streaming handler is given. */
export interface HandlerStream {
  setContentType(contentType: string): void
  write(chunk: unknown, ...more: readonly unknown[]): boolean
  /** Called by the first `write`, and by nothing else: neither `end` nor `end(chunk)` puts anything in front. */
  [beforeFirstWrite]?: ((write: (chunk: string | Uint8Array) => unknown) => void) | undefined
}

/** The members AWS's client gives a handler, over `inner`; it is no `Writable`, as theirs is none. */
export function handlerStream(inner: ResponseStream): HandlerStream {
  let written = false
  // Whatever their handlers pass behind a chunk is what ours takes: encoding, callback.
  const write = inner.write.bind(inner) as (...args: readonly unknown[]) => boolean
  const stream: HandlerStream = {
    setContentType(contentType) {
      if (written) throw tooLate()
      inner.setContentType(contentType)
    },
    write(chunk, ...more) {
      const isPlain = typeof chunk === 'string' || chunk instanceof Uint8Array
      if (!written) stream[beforeFirstWrite]?.((first) => inner.write(first))
      written = true
      return write(isPlain ? chunk : JSON.stringify(chunk), ...more)
    },
  }
  for (const name of methods)
    Object.assign(stream, {
      [name]: (...args: unknown[]): unknown => Reflect.apply(inner[name], inner, args),
    })
  for (const name of properties) Object.defineProperty(stream, name, { get: () => inner[name] })
  return stream
}

const tooLate = (): Error =>
  Object.assign(new Error('Cannot set content-type, too late.'), {
    name: 'Runtime.InvalidStreamingOperation',
  })

/** What the runtime puts on `globalThis.awslambda`. */
export const awslambda = {
  streamifyResponse<Handler extends object>(handler: Handler): Handler {
    return Object.assign(handler, { [streamingHandler]: 'response' })
  },
  HttpResponseStream: {
    from(stream: HandlerStream, metadata: unknown): HandlerStream {
      stream.setContentType(httpPrelude)
      const prelude = JSON.stringify(metadata)
      stream[beforeFirstWrite] = (write) => {
        write(prelude)
        write(preludeEnd)
      }
      return stream
    },
  },
}
