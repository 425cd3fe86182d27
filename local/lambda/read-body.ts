/** Reads a request's body up to a limit. */
import type { IncomingMessage } from 'node:http'

/** The whole body, or undefined when it is larger. Reads to the end, so that the client hears the answer and not a reset. */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue
    bytes += chunk.length
    if (bytes <= limitBytes) chunks.push(chunk)
  }
  return bytes > limitBytes ? undefined : Buffer.concat(chunks)
}
