/**
 * Inside a function's thread: the global `awslambda` of the Node runtime and the stream it hands to a
 * streaming handler. A chunk is acknowledged when its reader took it, so `write` returning false and
 * `drain` mean what they mean in Lambda.
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

/** The `responseStream` of a streaming handler. */
export class ResponseStream extends Writable {
  #contentType: string | undefined
  #prelude: string | undefined
  #opened = false
  #inFlight = 0
  #waiting: (() => void) | undefined
  readonly #send: (message: FromThread, transfer?: readonly ArrayBuffer[]) => void

  constructor(send: (message: FromThread, transfer?: readonly ArrayBuffer[]) => void) {
    super({ highWaterMark: pieceBytes })
    this.#send = send
  }

  setContentType(contentType: string): void {
    if (!this.#opened) this.#contentType = contentType
  }

  /** Metadata that goes before the first byte (`HttpResponseStream.from`). */
  setPrelude(metadata: unknown): void {
    this.#contentType = httpPrelude
    this.#prelude = JSON.stringify(metadata)
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
    if (this.#prelude === undefined) return
    this.#post(Buffer.from(this.#prelude))
    this.#post(preludeEnd)
  }

  #post(bytes: Uint8Array): void {
    // A view would be cloned together with everything its ArrayBuffer holds: copy the piece and hand it over.
    const copy = new Uint8Array(bytes)
    this.#inFlight += copy.length
    this.#send({ kind: 'chunk', bytes: copy }, [copy.buffer])
  }
}

/** What the runtime puts on `globalThis.awslambda`. */
export const awslambda = {
  streamifyResponse<Handler extends object>(handler: Handler): Handler {
    return Object.assign(handler, { [streamingHandler]: 'response' })
  },
  HttpResponseStream: {
    from(stream: ResponseStream, metadata: unknown): ResponseStream {
      stream.setPrelude(metadata)
      return stream
    },
  },
}
