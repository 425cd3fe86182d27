/** A small origin for tests: it answers by a function, and says what was asked of it. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the origin answers. */
export interface Answer {
  readonly status?: number
  readonly body?: string | Uint8Array
}

/** A running origin. */
export interface Origin {
  readonly url: string
  /** Paths, each time they were asked for. */
  readonly asked: readonly string[]
  stop(): Promise<void>
}

/** Starts one; `answer` is given a path and how often it was asked for before. Ranges are answered as RFC 9110 wants. */
export async function startOrigin(answer: (path: string, before: number) => Answer): Promise<Origin> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    const { status = 200, body = '' } = answer(path, asked.filter((one) => one === path).length)
    asked.push(path)
    const bytes = Buffer.from(body)
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
    if (status !== 200 || from === undefined) response.writeHead(status).end(bytes)
    else response.writeHead(206).end(bytes.subarray(Number(from), Number(to) + 1))
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
