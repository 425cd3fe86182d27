/** A distribution over an origin that records what it is asked. */
import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  type Behaviour,
  type CachePolicy,
  createDistribution,
  type Distribution,
  type DistributionOptions,
  type Origin,
} from '../../../local/cloudfront/index.ts'
import type { LogLine } from '../../../local/lambda/index.ts'
import type { Caller } from '../../../local/service.ts'
import { fakeFunctions } from '../event-sources/fake-functions.ts'

export interface Stage {
  readonly distribution: Distribution
  readonly url: string
  /** What the origin was asked, oldest first. */
  readonly asked: { readonly method: string; readonly url: string; readonly headers: IncomingHttpHeaders }[]
  readonly callers: (Caller | undefined)[]
  readonly lines: LogLine[]
  /** Moves the distribution's clock. */
  advance(seconds: number): void
  close(): Promise<void>
}

export interface StageOptions {
  readonly origin: (request: IncomingMessage, response: ServerResponse) => unknown
  readonly behaviours?: readonly Partial<Behaviour>[]
  readonly origins?: readonly Partial<Origin>[]
  readonly distribution?: Partial<DistributionOptions>
}

export const policy: CachePolicy = {
  minTtlSeconds: 0,
  defaultTtlSeconds: 60,
  maxTtlSeconds: 3600,
  headers: { kind: 'none' },
  queryStrings: { kind: 'none' },
  cookies: { kind: 'none' },
  gzip: false,
  brotli: false,
}

const origin: Origin = {
  id: 'origin',
  domainName: 'origin.local',
  path: '',
  kind: 'custom',
  customHeaders: {},
  originAccessControl: false,
  originShield: false,
  protocol: 'https',
  port: 443,
  readTimeoutSeconds: 30,
  keepaliveTimeoutSeconds: 5,
  sslProtocols: ['TLSv1.2'],
}

export async function openStage({
  origin: answer,
  behaviours = [{}],
  origins = [{}],
  distribution: more,
}: StageOptions): Promise<Stage> {
  const asked: Stage['asked'] = []
  const callers: (Caller | undefined)[] = []
  const lines: LogLine[] = []
  let nowMs = Date.now()
  const back = createServer((request, response) => {
    asked.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers })
    void Promise.resolve(answer(request, response))
  })
  const backUrl = await listen(back)
  const distribution = createDistribution({
    id: 'E1LOCAL',
    arn: 'arn:aws:cloudfront::000000000000:distribution/E1LOCAL',
    domainName: 'd1.cloudfront.net',
    origins: origins.map((each) => ({ ...origin, ...each })),
    behaviours: behaviours.map((each) => ({
      pathPattern: '*',
      targetOriginId: 'origin',
      allowedMethods: ['GET', 'HEAD', 'OPTIONS'],
      cachedMethods: ['GET', 'HEAD'],
      compress: false,
      cachePolicy: policy,
      edgeLambdas: [],
      ...each,
    })),
    errorResponses: [],
    functions: fakeFunctions(() => null),
    connect: (domainName, caller) => {
      callers.push(caller)
      const url =
        domainName === 'down.local' ? 'http://127.0.0.1:1' : `${backUrl}/${domainName.split('.')[0]}`
      return { url, headers: { authorization: 'signed' } }
    },
    log: (line) => lines.push(line),
    now: () => nowMs,
    ...more,
  })
  const front = createServer((request, response) => void distribution.handle(request, response))
  const url = await listen(front)
  return {
    distribution,
    url,
    asked,
    callers,
    lines,
    advance: (seconds) => {
      nowMs += seconds * 1000
    },
    async close() {
      distribution.close()
      for (const server of [front, back]) {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      }
    },
  }
}

function listen(server: ReturnType<typeof createServer>): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      // An address is only a string for a pipe.
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    })
  })
}

export interface Got {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly xCache: string
}

/** A plain HTTP request: nothing decoded, nothing followed, no header added. */
export function get(url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Got> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const xCache = String(response.headers['x-cache'])
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks),
          xCache,
        })
      })
    })
    request.on('error', reject)
    request.end()
  })
}
