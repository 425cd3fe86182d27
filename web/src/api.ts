/** The operator's API as this page calls it; the types are the API's own schemas. */
import type { Session } from '../../lib/api/schemas.ts'
import type {
  Asset,
  AssetDeletion,
  AssetDetail,
  AssetPage,
  CompletedUpload,
  Timeline,
  Upload,
  UploadParts,
  UploadRequest,
  UploadState,
} from '../../lib/assets/api/schemas.ts'
import type { ShownFeedCredentials as FeedCredentials } from '../../lib/channels/ingest-api/schema.ts'
import type { ShownChannelTimeline as ChannelTimeline } from '../../lib/channels/overview/schema.ts'
import type { ShownChannel as Channel, ChannelPage, ChannelRequest } from '../../lib/channels/schema.ts'
import type { Policy } from '../../lib/rights/protection/policy.ts'
import type { KeyAskPage, KeyOfPeriod, KeyPage } from '../../lib/rights/protection/schemas.ts'
import type { ListQuery } from './assets/list-query.ts'
import type { Programme, ProgrammePage, ProgrammeRequest } from './channels/programmes/programme.ts'
import { type ShownCode, shownCode } from './problems/codes.ts'
import { type Content, prefixes, type What } from './protection/content.ts'
import type { FoundPolicy } from './protection/policy-words.ts'

/** A refusal, or no answer at all (`status` 0). */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly code: ShownCode

  constructor(status: number, code: ShownCode, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** Whatever was thrown as an error to show. */
export const asApiError = (error: unknown): ApiError =>
  error instanceof ApiError ? error : new ApiError(0, 'API_ANSWER', String(error))

/** What goes with an asset. */
export interface DeletionChoice {
  /** Also where presentations show it. */
  readonly force: boolean
  readonly retireKeys: boolean
  readonly forgetPolicy: boolean
}

/** Everything the console asks for. */
export interface Api {
  assets(asked: ListQuery & { readonly next?: string }): Promise<AssetPage>
  asset(id: string): Promise<AssetDetail>
  /** Gives it a title; undefined takes it away. */
  rename(id: string, title: string | undefined): Promise<Asset>
  /** Has it indexed again from its uploads. */
  reindex(id: string): Promise<void>
  deleteAsset(id: string, choice: DeletionChoice): Promise<AssetDeletion>
  /** Segments that start from `from` seconds on, as many as one answer holds. */
  timeline(id: string, from: number): Promise<Timeline>
  beginUpload(request: UploadRequest): Promise<Upload>
  uploadState(id: string): Promise<UploadState>
  uploadParts(id: string, numbers: readonly number[]): Promise<UploadParts>
  completeUpload(id: string): Promise<CompletedUpload>
  abortUpload(id: string): Promise<void>
  protection(content: Content): Promise<FoundPolicy>
  protect(content: Content, policy: Policy): Promise<FoundPolicy>
  forgetProtection(content: Content): Promise<void>
  retireKeys(content: Content, period: number): Promise<void>
  /** All of them, the latest first; of a channel the latest hundred. */
  keys(content: Content): Promise<readonly KeyOfPeriod[]>
  /** Who asked for keys, the latest first, page by page. */
  keyAsks(content: Content, next?: string): Promise<KeyAskPage>
  /** How films, or channels, are protected that say nothing of it themselves. */
  defaultProtection(what: What): Promise<Policy>
  protectByDefault(what: What, policy: Policy): Promise<Policy>
  channels(next?: string): Promise<ChannelPage>
  channel(id: string): Promise<Channel>
  putChannel(id: string, request: ChannelRequest): Promise<Channel>
  deleteChannel(id: string): Promise<void>
  /** Its last hour. */
  channelTimeline(id: string): Promise<ChannelTimeline>
  /** A new password for its encoder; this is the only time it is shown. */
  createFeedCredentials(id: string): Promise<FeedCredentials>
  deleteFeedCredentials(id: string): Promise<void>
  /** In the order they begin. */
  programmes(channelId: string, next?: string): Promise<ProgrammePage>
  programme(channelId: string, id: string): Promise<Programme>
  putProgramme(channelId: string, id: string, request: ProgrammeRequest): Promise<Programme>
  deleteProgramme(channelId: string, id: string): Promise<void>
  /** Opens playback of a content id: the URLs of a session. */
  session(content: string): Promise<Session>
  /** A playback token, with which its players get licences. */
  playbackToken(content: string): Promise<string>
}

/** A client of the API at `url`; `refused` is told when the token is no longer good. */
export function apiClient({
  url,
  token,
  refused,
}: {
  readonly url: string
  readonly token: string
  readonly refused: (error: ApiError) => void
}): Api {
  async function call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    let response: Response
    try {
      response = await fetch(url + path, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(answerMs),
      })
    } catch {
      throw new ApiError(0, 'API_UNREACHABLE', `the API at ${url} does not answer`)
    }
    if (response.ok) return (response.status === 204 ? undefined : await response.json()) as Answer
    const error = await refusal(response)
    if (response.status === 401 || error.code === gateRefused) refused(error)
    throw error
  }
  return {
    assets: (asked) => call('GET', `/v1/assets${queryOf({ ...asked })}`),
    asset: (id) => call('GET', asset(id)),
    rename: (id, title) => call('PATCH', asset(id), { title: title ?? null }),
    reindex: (id) => call('POST', `${asset(id)}/ingest`),
    deleteAsset: (id, { force, retireKeys, forgetPolicy }) =>
      call(
        'DELETE',
        `${asset(id)}${queryOf({
          ...(force && { force: 'true' }),
          ...(retireKeys && { keys: 'retire' }),
          ...(forgetPolicy && { policy: 'forget' }),
        })}`,
      ),
    timeline: (id, from) => call('GET', `${asset(id)}/timeline?from=${from}`),
    beginUpload: (request) => call('POST', '/v1/uploads', request),
    uploadState: (id) => call('GET', upload(id)),
    uploadParts: (id, numbers) => call('POST', `${upload(id)}/parts`, { numbers }),
    completeUpload: (id) => call('POST', `${upload(id)}/complete`),
    abortUpload: (id) => call('DELETE', upload(id)),
    protection: (content) => call('GET', protection(content)),
    protect: (content, policy) => call('PUT', protection(content), policy),
    forgetProtection: (content) => call('DELETE', protection(content)),
    retireKeys: (content, period) => call('POST', `${protection(content)}/retire`, { period }),
    async keys(content) {
      const keys: KeyOfPeriod[] = []
      let next: string | undefined
      do {
        const more = next === undefined ? '' : `&next=${encodeURIComponent(next)}`
        const limit = content.what === 'film' ? 1000 : 100
        const page: KeyPage = await call('GET', `${protection(content)}/keys?limit=${limit}${more}`)
        keys.push(...page.keys)
        next = page.next
        // A channel's never end.
      } while (next !== undefined && content.what === 'film')
      return keys
    },
    keyAsks: (content, next) =>
      call(
        'GET',
        `${protection(content)}/asks${next === undefined ? '' : `?next=${encodeURIComponent(next)}`}`,
      ),
    defaultProtection: (what) => call('GET', `/v1/protection/${prefixes[what]}`),
    protectByDefault: (what, policy) => call('PUT', `/v1/protection/${prefixes[what]}`, policy),
    channels: (next) => call('GET', `/v1/channels${queryOf({ ...(next !== undefined && { next }) })}`),
    channel: (id) => call('GET', channel(id)),
    putChannel: (id, request) => call('PUT', channel(id), request),
    deleteChannel: (id) => call('DELETE', channel(id)),
    channelTimeline: (id) => call('GET', `${channel(id)}/timeline`),
    createFeedCredentials: (id) => call('POST', `${channel(id)}/credentials`),
    deleteFeedCredentials: (id) => call('DELETE', `${channel(id)}/credentials`),
    programmes: (channelId, next) =>
      call('GET', `${channel(channelId)}/programmes${queryOf({ ...(next !== undefined && { next }) })}`),
    programme: (channelId, id) => call('GET', programme(channelId, id)),
    putProgramme: (channelId, id, request) => call('PUT', programme(channelId, id), request),
    deleteProgramme: (channelId, id) => call('DELETE', programme(channelId, id)),
    session: (content) => call('POST', '/v1/sessions', { content, ttlSeconds: playbackSeconds }),
    playbackToken: async (content) => {
      const request = { content, account: 'console', ttlSeconds: playbackSeconds }
      return (await call<{ token: string }>('POST', '/v1/tokens', request)).token
    },
  }
}

const queryOf = (said: Readonly<Record<string, string>>): string => {
  const query = new URLSearchParams(said)
  return query.size === 0 ? '' : `?${query.toString()}`
}

const upload = (id: string): string => `/v1/uploads/${encodeURIComponent(id)}`
const asset = (id: string): string => `/v1/assets/${encodeURIComponent(id)}`
const channel = (id: string): string => `/v1/channels/${encodeURIComponent(id)}`
const programme = (channelId: string, id: string): string =>
  `${channel(channelId)}/programmes/${encodeURIComponent(id)}`
const protection = ({ what, id }: Content): string =>
  `${what === 'film' ? asset(id) : channel(id)}/protection`

/** A working day: a page left open longer plays on after a reload. */
const playbackSeconds = 12 * 3600

/** The API's own limit is 29 s. */
const answerMs = 30_000

/** What the gateway refuses before the API is asked has no code. */
const gateRefused: ShownCode = 'TOKEN_REFUSED'

async function refusal(response: Response): Promise<ApiError> {
  const { status } = response
  const { error } = ((await response.json().catch(() => undefined)) ?? {}) as {
    error?: { code: string; message: string }
  }
  if (error !== undefined) return new ApiError(status, shownCode(error.code), error.message)
  if (status === 401 || status === 403)
    return new ApiError(status, gateRefused, 'the token is not one of this headend')
  return new ApiError(status, 'API_ANSWER', `the API answered ${status}`)
}
