/** S3 and DynamoDB behind one endpoint, as AWS_ENDPOINT_URL names it, whose connections break when a test says so. */
import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** The endpoint and what is wrong with it. */
export interface Stores {
  readonly endpoint: string
  /** Answers for a path that holds this break after so many bytes. */
  fault: { readonly path: string; readonly afterBytes: number } | undefined
  close(): Promise<void>
}

/** Passes every request on to one of the two. */
export async function openStores(endpoints: {
  readonly s3: string
  readonly dynamoDb: string
}): Promise<Stores> {
  const server = createServer((request, response) => {
    const { method, headers, url = '/' } = request
    const to = headers['x-amz-target'] === undefined ? endpoints.s3 : endpoints.dynamoDb
    const onward = httpRequest(`${to}${url}`, { method, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      const { fault } = stores
      const breaks = fault !== undefined && url.includes(fault.path)
      void pipeline(answer, breaks ? broken(fault.afterBytes) : passed(), response).catch(() =>
        response.destroy(),
      )
    })
    onward.on('error', () => response.destroy())
    request.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const stores: Stores = {
    // An address is only a string for a pipe.
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fault: undefined,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return stores
}

const passed = (): Transform => broken(Number.POSITIVE_INFINITY)

function broken(afterBytes: number): Transform {
  let bytes = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const left = afterBytes - bytes
      bytes += chunk.length
      if (chunk.length <= left) done(null, chunk)
      else {
        this.push(chunk.subarray(0, left))
        // What was sent is on the wire before the connection ends.
        setTimeout(() => done(new Error('the connection broke')), 10)
      }
    },
  })
}
