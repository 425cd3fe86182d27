/** The operator's API: every route, one shape of refusal, one document made from the schemas that validate. */
import { type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { HTTPException } from 'hono/http-exception'
import {
  type AssetRoutePorts,
  addAssetRoutes,
  addUploadRoutes,
  type UploadRoutePorts,
} from '../assets/api/index.ts'
import { HeadendError } from '../errors.ts'
import { mintedId } from '../platform/crypto/minted-id.ts'
import { errorHeaders, errorJson, errorResponse } from '../platform/http/error-response.ts'
import { tags } from '../platform/operator/operator-api.ts'
import type { VerifyToken } from '../platform/operator/operator-gate.ts'
import {
  addPresentationRoutes,
  type PresentationPorts,
  presentationContents,
  presentationsShowing,
} from '../presentations/index.ts'
import {
  addProtectionRoutes,
  addTokenRoutes,
  type ProtectionRoutePorts,
  retired,
  type TokenPorts,
} from '../rights/index.ts'
import type { ContentId } from '../timeline/ids.ts'
import { bearer } from './access/bearer.ts'
import { clipped, routes } from './routes.ts'
import { errorSchema } from './schemas.ts'
import { sessionRoutes } from './sessions/routes.ts'
import type { SessionStore } from './sessions/store.ts'

/** What the API works with. */
export interface ApiPorts {
  readonly assets: AssetRoutePorts['assets']
  readonly work: AssetRoutePorts['work']
  readonly uploads: UploadRoutePorts['uploads']
  readonly sessions: SessionStore
  readonly presentations: PresentationPorts['presentations']
  readonly rights: ProtectionRoutePorts & Pick<TokenPorts, 'revocations' | 'keyTexts'>
  /** How what is deleted is closed at the edge. */
  readonly sealing: {
    /** Closes it, whatever becomes of its policy, and has caches forget it. */
    readonly seal: (contentId: ContentId) => Promise<void>
    /** Forgets its policy; it stays closed. */
    readonly forgetSealed: (contentId: ContentId) => Promise<void>
  }
  readonly verify: VerifyToken
  /** Root of playback, without a slash at its end; throws while it is not known. */
  readonly playbackUrl: () => Promise<string>
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly randomBytes: (length: number) => Uint8Array
  /** Told of every request an operator was let in with, and how it ended. */
  readonly answered: (request: AnsweredRequest) => void
  /** Told of every fault that is ours; never of a refusal. */
  readonly report: (error: unknown, request: FaultyRequest) => void
}

/** What an operator did. */
export interface AnsweredRequest extends FaultyRequest {
  readonly subject: string
  readonly tokenId: string | undefined
  readonly status: number
}

/** Which request met a fault. */
export interface FaultyRequest {
  readonly method: string
  readonly path: string
  /** Lambda's own, to find the rest of its lines by. */
  readonly requestId: string | undefined
}

/** Bodies name a file or list a thousand part numbers; nothing is longer. */
const maxBodyBytes = 64 * 1024

/** The API as a request handler. */
export function operatorApi(parts: ApiPorts): OpenAPIHono {
  const app = routes()
  app.use(async (context, next) => {
    await next()
    context.header('cache-control', 'no-store')
  })
  app.use(
    bodyLimit({
      maxSize: maxBodyBytes,
      onError: () => {
        throw new HeadendError('REQUEST_TOO_LARGE', `body: expected at most ${maxBodyBytes} bytes`, {
          status: 413,
        })
      },
    }),
  )
  app.use(
    '/v1/*',
    bearer(parts.verify, ({ subject, tokenId }, context) =>
      parts.answered({ ...requestOf(context), subject, tokenId, status: context.res.status }),
    ),
  )
  app.get('/health', (context) => context.json({ status: 'ok' }))
  app.openAPIRegistry.registerComponent('securitySchemes', 'operator', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'made by `npm run -s headend -- token --role operator`',
  })
  app.openAPIRegistry.register('Error', errorSchema)
  addAssetRoutes(app, {
    ...parts,
    end: contentEnd(parts),
    showing: (contentId) => presentationsShowing(parts.presentations, contentId),
  })
  addUploadRoutes(app, {
    uploads: parts.uploads,
    exists: async (assetId) => (await parts.assets.asset(assetId)) !== undefined,
    now: parts.now,
    mark: () => mintedId(parts.randomBytes),
  })
  const contentsOf = shownContents(parts.presentations)
  app.route('/', sessionRoutes({ ...parts, contentsOf }))
  addPresentationRoutes(app, { ...parts, marks: parts.sessions })
  addProtectionRoutes(app, parts.rights)
  addTokenRoutes(app, { ...parts.rights, contentsOf })
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: {
      title: 'headend',
      version: '1',
      description: 'Films into a bucket, manifests out of a CDN: what the operator sees and does.',
      contact: { name: 'whoever runs this headend' },
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: '/', description: 'where this document is' }],
    tags,
  })
  app.notFound(({ req: { method, path } }) =>
    refuse(new HeadendError('ROUTE_NOT_FOUND', clipped(`${method} ${path}`), { status: 404 })),
  )
  app.onError((error, context) =>
    errorResponse(inOurWords(error), {
      say: refuse,
      log: (fault) => parts.report(fault, requestOf(context)),
    }),
  )
  return app
}

/** What rights do where an asset is deleted. */
const contentEnd = ({ rights, sealing }: ApiPorts): AssetRoutePorts['end'] => ({
  seal: (contentId) => sealing.seal(contentId),
  async retireKeys(contentId) {
    const { policy } = await rights.protection.policy(contentId)
    if (policy.mode === 'none') return false
    await rights.publish(contentId, retired())
    return true
  },
  forgetPolicy: (contentId) => sealing.forgetSealed(contentId),
})

/** Contents of a presentation; what is none is shown by itself. */
const shownContents =
  (presentations: PresentationPorts['presentations']) =>
  async (content: string): Promise<readonly string[] | undefined> => {
    if (!content.startsWith('presentations/')) return undefined
    const contents = await presentationContents(presentations, content)
    if (contents) return contents
    throw new HeadendError('PRESENTATION_NOT_FOUND', `${content}: no such presentation`, { status: 404 })
  }

/** Beyond this a path says no more of what was asked. */
const maxPath = 300

const requestOf = ({ req: { method, path }, env }: Context): FaultyRequest => ({
  method,
  path: path.slice(0, maxPath),
  requestId: invocation.safeParse(env).data?.lambdaContext.awsRequestId,
})

/** What the Lambda adapter puts into the environment of a request. */
const invocation = z.object({ lambdaContext: z.object({ awsRequestId: z.string() }) })

/** What Hono itself refuses of a request, as our refusal. */
function inOurWords(error: unknown): unknown {
  if (!(error instanceof HTTPException) || error.status >= 500) return error
  return error.status === 415
    ? new HeadendError('REQUEST_TYPE', 'expected a body of type application/json', { status: 415 })
    : new HeadendError('REQUEST_INVALID', error.message || 'expected a JSON body')
}

const refuse = (error: HeadendError): Response =>
  new Response(errorJson(error), {
    status: error.status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...errorHeaders(error) },
  })
