/** The operator's API: all routes, one error format, one document generated from the schemas that validate. */
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
import { addChannelsRoutes, type ChannelsPorts, isHeld, type PlacePorts } from '../channels/index.ts'
import { HeadendError } from '../errors.ts'
import { mintedId } from '../platform/crypto/minted-id.ts'
import { errorHeaders, errorJson, errorResponse } from '../platform/http/error-response.ts'
import { tags } from '../platform/operator/operator-api.ts'
import type { VerifyToken } from '../platform/operator/operator-gate.ts'
import {
  addPresentationRoutes,
  addProgrammeRoutes,
  type PresentationContents,
  type PresentationPorts,
  type ProgrammePorts,
  type PublishPorts,
  presentationContents,
  presentationsShowing,
} from '../presentations/index.ts'
import {
  addProtectionRoutes,
  addTokenRoutes,
  type KeyHoldStore,
  type ProtectionRoutePorts,
  retired,
  type TokenPorts,
} from '../rights/index.ts'
import type { ContentId } from '../timeline/ids.ts'
import { bearer } from './access/bearer.ts'
import { holdsOf } from './holds.ts'
import { clipped, routes } from './routes.ts'
import { errorSchema } from './schemas.ts'
import { sessionRoutes } from './sessions/routes.ts'
import type { SessionStore } from './sessions/store.ts'

/** Ports of the API. */
export interface ApiPorts {
  readonly assets: AssetRoutePorts['assets']
  readonly work: AssetRoutePorts['work']
  readonly uploads: UploadRoutePorts['uploads']
  readonly sessions: SessionStore
  readonly presentations: PresentationPorts['presentations']
  readonly programmes: ProgrammePorts['programmes']
  readonly channels: ChannelsPorts['channels']
  readonly feedUploads: ChannelsPorts['feedUploads']
  readonly feedCredentials: ChannelsPorts['feedCredentials']
  readonly live: ChannelsPorts['live']
  /** Where holds on media of channels are placed, and the archiver is told of them. */
  readonly media: PlacePorts
  readonly keyHolds: KeyHoldStore
  readonly protect: ChannelsPorts['protect']
  readonly restKeys: ChannelsPorts['restKeys']
  readonly rights: ProtectionRoutePorts & Pick<TokenPorts, 'revocations' | 'keyTexts'>
  /** Closing of deleted contents at the edge. */
  readonly sealing: {
    /** Closes a content whatever happens to its policy, and invalidates caches. */
    readonly seal: (contentId: ContentId) => Promise<void>
    /** Removes a content's policy; it stays closed. */
    readonly forgetSealed: (contentId: ContentId) => Promise<void>
  }
  readonly verify: VerifyToken
  /** The root URL of playback, without a trailing slash; throws while it is unknown. */
  readonly playbackUrl: () => Promise<string>
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly randomBytes: (length: number) => Uint8Array
  /** Called for every authenticated request, with its outcome. */
  readonly answered: (request: AnsweredRequest) => void
  /** Called for 5xx, never for 4xx. */
  readonly report: (error: unknown, request: FaultyRequest) => void
}

/** An operator's request. */
export interface AnsweredRequest extends FaultyRequest {
  readonly subject: string
  readonly tokenId: string | undefined
  readonly status: number
}

/** A request that met a fault. */
export interface FaultyRequest {
  readonly method: string
  readonly path: string
  /** Lambda's request id, to find its other log lines. */
  readonly requestId: string | undefined
}

/** Bodies name a file or list a thousand part numbers; none is longer. */
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
  const channel = async (id: string) => (await parts.live.head(id))?.head
  const publishing: PublishPorts = {
    ...parts,
    marks: parts.sessions,
    channel,
    isHeld: (id, range) => isHeld(parts.media, id, range),
  }
  addPresentationRoutes(app, { ...parts, ...publishing })
  addProgrammeRoutes(app, {
    ...parts,
    ...publishing,
    holds: holdsOf({ keys: parts.keyHolds, media: parts.media }),
  })
  addProtectionRoutes(app, parts.rights)
  addTokenRoutes(app, { ...parts.rights, contentsOf })
  addChannelsRoutes(app, parts)
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

/** The actions on rights when an asset is deleted. */
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

/** What a presentation shows; undefined for any other content, which is shown by itself. */
const shownContents =
  (presentations: PresentationPorts['presentations']) =>
  async (content: string): Promise<PresentationContents | undefined> => {
    if (!content.startsWith('presentations/')) return undefined
    const shown = await presentationContents(presentations, content)
    if (shown) return shown
    throw new HeadendError('PRESENTATION_NOT_FOUND', `${content}: no such presentation`, { status: 404 })
  }

/** The logged length of a path; beyond it nothing more is learnt. */
const maxPath = 300

const requestOf = ({ req: { method, path }, env }: Context): FaultyRequest => ({
  method,
  path: path.slice(0, maxPath),
  requestId: invocation.safeParse(env).data?.lambdaContext.awsRequestId,
})

/** The Lambda adapter's part of a request's environment. */
const invocation = z.object({ lambdaContext: z.object({ awsRequestId: z.string() }) })

/** Converts Hono's own refusals to ours. */
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
