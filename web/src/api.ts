/** The operator's API as this page calls it; the types are the API's own schemas. */
import type {
  Asset,
  AssetPage,
  CompletedUpload,
  Timeline,
  Upload,
  UploadParts,
  UploadRequest,
  UploadState,
} from '../../lib/catalogue/schemas.ts'

/** A refusal, or no answer at all (`status` 0). */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** Whatever was thrown as an error to show. */
export const asApiError = (error: unknown): ApiError =>
  error instanceof ApiError ? error : new ApiError(0, 'API_ANSWER', String(error))

/** Everything the console asks for. */
export interface Api {
  assets(next?: string): Promise<AssetPage>
  asset(id: string): Promise<Asset>
  /** Segments that start from `from` seconds on, as many as one answer holds. */
  timeline(id: string, from: number): Promise<Timeline>
  beginUpload(request: UploadRequest): Promise<Upload>
  uploadState(id: string): Promise<UploadState>
  uploadParts(id: string, numbers: readonly number[]): Promise<UploadParts>
  completeUpload(id: string): Promise<CompletedUpload>
  abortUpload(id: string): Promise<void>
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
    if (response.status === 401) refused(error)
    throw error
  }
  return {
    assets: (next) =>
      call('GET', `/v1/assets${next === undefined ? '' : `?next=${encodeURIComponent(next)}`}`),
    asset: (id) => call('GET', asset(id)),
    timeline: (id, from) => call('GET', `${asset(id)}/timeline?from=${from}`),
    beginUpload: (request) => call('POST', '/v1/uploads', request),
    uploadState: (id) => call('GET', upload(id)),
    uploadParts: (id, numbers) => call('POST', `${upload(id)}/parts`, { numbers }),
    completeUpload: (id) => call('POST', `${upload(id)}/complete`),
    abortUpload: (id) => call('DELETE', upload(id)),
  }
}

const upload = (id: string): string => `/v1/uploads/${encodeURIComponent(id)}`
const asset = (id: string): string => `/v1/assets/${encodeURIComponent(id)}`

/** The API's own limit is 29 s. */
const answerMs = 30_000

async function refusal(response: Response): Promise<ApiError> {
  try {
    const { error } = (await response.json()) as { error: { code: string; message: string } }
    return new ApiError(response.status, error.code, error.message)
  } catch {
    return new ApiError(response.status, 'API_ANSWER', `the API answered ${response.status}`)
  }
}
