/** What the Node.js runtime of AWS Lambda puts into the global scope for streamed answers. */

import type { Writable } from 'node:stream'
import type { Context } from 'aws-lambda'

declare global {
  namespace awslambda {
    /** Marks a handler whose answer is written to a stream. */
    function streamifyResponse<Event>(
      handler: (event: Event, stream: Writable, context: Context) => Promise<void>,
    ): (event: Event, stream: Writable, context: Context) => Promise<void>

    const HttpResponseStream: {
      /** Puts status and headers in front of the body. */
      from(
        stream: Writable,
        metadata: { readonly statusCode: number; readonly headers: Readonly<Record<string, string>> },
      ): Writable
    }
  }
}
