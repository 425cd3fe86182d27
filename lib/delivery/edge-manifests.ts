/** Manifests at the edge: CloudFront's origin-request event in, a manifest out; or the request, for the region to answer. */
import { HeadendError } from '../errors.ts'
import { logOf } from '../platform/log.ts'
import { edgeFaultHeader, edgeFaultOf } from './edge-fault.ts'
import { parseManifestPath } from './manifest-path.ts'
import type { TimelineReader } from './read.ts'
import { fault, type ManifestResponse, respond } from './respond.ts'
import { edgeSources } from './sources/edge-sources.ts'
import { type PresentationSource, sourceOf } from './sources/source.ts'
import { type StoreOptions, timelineStore } from './store.ts'

/** What the edge function is told by the headers of its origin, for it has no environment variables. */
export interface EdgeSettings {
  /** `media-bucket`, `index-table`, `region`, and those of more sources; empty where it is not said. */
  readonly setting: (name: string) => string
  /** Base URL of the distribution, by CloudFront's own name; no trailing slash. */
  readonly playbackUrl: string
}

type EdgeHeaders = Record<string, { key?: string; value: string }[]>

/** CloudFront's request to an origin, as far as it is read. */
export interface EdgeRequest {
  readonly method: string
  readonly uri: string
  readonly querystring: string
  readonly headers: EdgeHeaders
  readonly origin?: { readonly custom?: { readonly customHeaders: EdgeHeaders } }
}

interface EdgeEvent<Request extends EdgeRequest> {
  readonly Records: readonly {
    readonly cf: { readonly request: Request; readonly config: { readonly distributionDomainName: string } }
  }[]
}

interface EdgeAnswer {
  status: string
  headers: EdgeHeaders
  body: string
}

/** Credentials, clock and endpoint of the function. */
export type EdgeRuntime = Omit<StoreOptions, 'mediaBucket' | 'indexTable' | 'region'>

type MoreSources = (settings: EdgeSettings) => readonly PresentationSource[]

/** CloudFront refuses generated responses above 1 MB; counted is what the function returns, as JSON. */
const maxResultBytes = 1_000_000

/**
 * The handler: prints what has a source here, and hands on to the region what has none, what is too large, and what
 * failed. `more`: sources beside those that the edge always has.
 */
export function edgeManifests<Request extends EdgeRequest>(
  runtime: EdgeRuntime,
  more: MoreSources = () => [],
): (event: EdgeEvent<Request>) => Promise<Request | EdgeAnswer> {
  const madeOf = (settings: EdgeSettings) => {
    const { setting } = settings
    const reader = timelineStore({
      mediaBucket: setting('media-bucket'),
      indexTable: setting('index-table'),
      region: setting('region'),
      ...runtime,
    })
    return { reader, sources: [...edgeSources, ...more(settings)] }
  }
  let made: { readonly reader: TimelineReader; readonly sources: readonly PresentationSource[] } | undefined
  return async (event) => {
    const { request, config } = event.Records[0]?.cf ?? {}
    if (!request || !config) {
      const why = 'origin-request: expected one record, got none'
      return generated(fault(new HeadendError('EDGE_EVENT', why, { status: 502 })))
    }
    made ??= madeOf({ setting: settingOf(request), playbackUrl: `https://${config.distributionDomainName}` })
    const { reader, sources } = made
    const path = request.uri.slice(1)
    if (!sourceOf(sources, parseManifestPath(path)?.presentationId ?? path)) return request
    try {
      const asked = { method: request.method, path, query: request.querystring }
      const result = generated(await respond(asked, reader, sources))
      return Buffer.byteLength(JSON.stringify(result)) > maxResultBytes ? request : result
    } catch (error) {
      logOf({ handler: 'manifest-edge', path: request.uri }).error('manifest failed', error)
      request.headers[edgeFaultHeader] = [{ value: edgeFaultOf(error) }]
      return request
    }
  }
}

const settingOf = (request: EdgeRequest): EdgeSettings['setting'] => {
  const custom = request.origin?.custom?.customHeaders ?? {}
  return (name) => custom[`x-headend-${name}`]?.[0]?.value ?? ''
}

function generated({ status, headers, body }: ManifestResponse): EdgeAnswer {
  return {
    status: String(status),
    headers: Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, [{ key, value }]])),
    body,
  }
}
