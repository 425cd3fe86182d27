/** CloudFront's own API, as far as it has caches forget: CreateInvalidation and GetInvalidation (REST-XML, 2020-05-31). */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { readBody } from '../../aws-json.ts'
import { elements, parseXml, requiredText, textOf } from '../../s3/xml.ts'
import { type Authorize, AwsFault, type AwsService, account, type Caller } from '../../service.ts'
import { cloudFrontFault } from './api-xml.ts'
import { type Invalidation, invalidationAnswer } from './invalidation-xml.ts'

/** What is invalidated. */
export interface InvalidatedDistribution {
  readonly id: string
  invalidate(paths: readonly string[]): void
}

export interface InvalidationOptions {
  readonly authorize: Authorize
  readonly distributions: () => readonly InvalidatedDistribution[]
  /** How long edge locations take. @default 1000 */
  readonly takesMs?: number
  /** @default Date.now */
  readonly now?: () => number
}

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */
const maxFilesInProgress = 3000
const maxWildcardsInProgress = 15
const maxBytes = 1024 * 1024

const route = /^\/2020-05-31\/distribution\/([A-Za-z0-9-]+)\/invalidation(?:\/([A-Z0-9]+))?$/

/** The service; nothing of it outlives the caches. */
export function createInvalidations(options: InvalidationOptions): AwsService {
  const { authorize, distributions, takesMs = 1000, now = Date.now } = options
  const all: Invalidation[] = []
  const running = new Set<NodeJS.Timeout>()

  const create = (distribution: InvalidatedDistribution, body: string): Invalidation => {
    const { callerReference, paths } = batchIn(body)
    const known = all.find(
      (one) => one.distributionId === distribution.id && one.callerReference === callerReference,
    )
    if (known) {
      // Asked twice it is one; the same name for another one is a mistake.
      if (known.paths.join('\n') === paths.join('\n')) return known
      throw invalid(
        'Your request contains a caller reference that was used for a previous invalidation batch for the same distribution.',
      )
    }
    const inProgress = all
      .filter(({ status, distributionId }) => status === 'InProgress' && distributionId === distribution.id)
      .flatMap((one) => one.paths)
    refuseTooMany([...inProgress, ...paths])
    const made: Invalidation = {
      id: `I${randomBytes(16).toString('hex').slice(0, 24).toUpperCase()}`,
      distributionId: distribution.id,
      callerReference,
      paths,
      createdAtMs: now(),
      status: 'InProgress',
    }
    all.push(made)
    const timer = setTimeout(() => {
      running.delete(timer)
      distribution.invalidate(paths)
      made.status = 'Completed'
    }, takesMs)
    running.add(timer)
    return made
  }

  const answer = async (request: IncomingMessage, caller: Caller) => {
    const [, distributionId = '', id] = route.exec(request.url ?? '') ?? []
    const operation = operationOf(request.method, distributionId, id)
    const body = (await readBody(request, maxBytes)).toString()
    authorize(
      caller,
      `cloudfront:${operation}`,
      `arn:aws:cloudfront::${account}:distribution/${distributionId}`,
    )
    const distribution = distributions().find((one) => one.id === distributionId)
    if (!distribution)
      throw new AwsFault('NoSuchDistribution', 'The specified distribution does not exist.', 404)
    if (operation === 'CreateInvalidation') return { status: 201, made: create(distribution, body) }
    const made = all.find((one) => one.id === id && one.distributionId === distributionId)
    if (!made) throw new AwsFault('NoSuchInvalidation', 'The specified invalidation does not exist.', 404)
    return { status: 200, made }
  }

  return {
    name: 'cloudfront',
    async handle(request, response, caller) {
      try {
        const { status, made } = await answer(request, caller)
        const location = `https://cloudfront.amazonaws.com/2020-05-31/distribution/${made.distributionId}/invalidation/${made.id}`
        await send(response, status, invalidationAnswer(made), status === 201 ? { location } : {})
      } catch (error) {
        const fault = error instanceof AwsFault ? error : new AwsFault('InternalError', String(error), 500)
        await send(response, fault.status, cloudFrontFault(fault), {})
      }
    },
    async close() {
      for (const timer of running) clearTimeout(timer)
    },
  }
}

function operationOf(method: string | undefined, distributionId: string, id: string | undefined) {
  if (distributionId !== '' && method === 'POST' && id === undefined) return 'CreateInvalidation'
  if (distributionId !== '' && method === 'GET' && id !== undefined) return 'GetInvalidation'
  throw new AwsFault(
    'NotImplemented',
    'The local cloud knows CreateInvalidation and GetInvalidation alone',
    501,
  )
}

function batchIn(body: string): { readonly callerReference: string; readonly paths: readonly string[] } {
  if (body === '') throw new AwsFault('MissingBody', 'This operation requires a body.', 400)
  const batch = parseXml(body, 'InvalidationBatch')
  const [list] = elements(batch, 'Paths')
  const [items] = list ? elements(list, 'Items') : []
  const paths = items ? elements(items, 'Path').map(({ text }) => text) : []
  if (Number(list && textOf(list, 'Quantity')) !== paths.length)
    throw new AwsFault('InconsistentQuantities', 'The value of Quantity and the size of Items do not match.')
  if (paths.length === 0) throw invalid('The parameter Paths is required.')
  for (const path of paths) refusePath(path)
  return { callerReference: requiredText(batch, 'CallerReference'), paths }
}

/** A path begins with a slash, is escaped as a URL is, and has its star at its end or means it literally. */
function refusePath(path: string): void {
  if (!/^\/[\x21-\x7e]*$/.test(path) || path.length > 4000)
    throw invalid('Your request contains one or more invalid invalidation paths.')
}

function refuseTooMany(paths: readonly string[]): void {
  const wildcards = paths.filter((path) => path.endsWith('*')).length
  if (wildcards > maxWildcardsInProgress || paths.length - wildcards > maxFilesInProgress)
    throw new AwsFault(
      'TooManyInvalidationsInProgress',
      'You have exceeded the maximum number of allowable InProgress invalidation batch requests, or invalidation objects.',
    )
}

const invalid = (message: string): AwsFault => new AwsFault('InvalidArgument', message)

async function send(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  response.writeHead(status, { 'content-type': 'text/xml', ...headers })
  response.end(body)
  if (!response.writableFinished && !response.destroyed)
    await Promise.race([once(response, 'finish'), once(response, 'close')])
}
