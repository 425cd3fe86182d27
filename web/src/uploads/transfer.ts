/**
 * Sends one file in parts: several at a time, each tried again when the network fails, going on where an earlier
 * attempt stopped. Knows no page: what it uses of the browser comes in, so that tests run it as it is.
 */
import type { CompletedUpload, UploadPart } from '../../../lib/assets/api/schemas.ts'
import { type Api, ApiError } from '../api.ts'

/** The file as far as a transfer needs it; a browser's File is one. */
export interface Source {
  readonly name: string
  readonly size: number
  readonly type: string
  readonly lastModified: number
  slice(from: number, to: number): Blob
}

/** PUTs bytes; resolves with the status, rejects where there was none. */
export type PutPart = (
  url: string,
  body: Blob,
  watch: { readonly sent: (bytes: number) => void; readonly signal: AbortSignal },
) => Promise<number>

/** What a transfer works with. */
export interface TransferTools {
  readonly api: Api
  /** The asset it is for; named like the file where absent. */
  readonly assetId?: string
  /** It is one of several files of that asset. */
  readonly isPart?: boolean
  readonly put: PutPart
  /** Remembers upload ids by file, so that a file chosen again goes on. */
  readonly memory: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>
  readonly signal: AbortSignal
  readonly begun: (upload: { readonly assetId: string; readonly replaces?: boolean }) => void
  /** Told of all bytes that have arrived, those of an earlier attempt included. */
  readonly sent: (bytes: number) => void
}

const partsAtOnce = 4
const attempts = 6
/** URLs asked for at once: so many are used up well before they expire. */
const urlBatch = 50

interface Opened {
  readonly id: string
  readonly bytes: number
  readonly partBytes: number
  readonly partCount: number
  readonly urls: ReadonlyMap<number, UploadPart>
  readonly received: ReadonlyMap<number, number>
}

/** Sends the file and resolves when the bucket has it whole; rejects with the AbortSignal's reason when aborted. */
export async function transfer(source: Source, tools: TransferTools): Promise<CompletedUpload> {
  const { api, memory, signal, assetId = '', isPart = false } = tools
  const remembered = `headend.upload.${assetId}${isPart ? '/' : '.'}${source.name}.${source.size}.${source.lastModified}`
  const opened = await open(source, remembered, tools)
  memory.setItem(remembered, opened.id)
  const giveUp = () => {
    memory.removeItem(remembered)
    // Whatever stays behind is removed by the bucket's lifecycle rule.
    api.abortUpload(opened.id).catch(() => undefined)
  }
  signal.addEventListener('abort', giveUp, { once: true })
  try {
    await sendParts(source, opened, tools)
    const completed = await persist(() => api.completeUpload(opened.id), tools)
    memory.removeItem(remembered)
    return completed
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}

async function open(source: Source, remembered: string, tools: TransferTools): Promise<Opened> {
  const { api, memory, begun, assetId, isPart = false } = tools
  const earlier = memory.getItem(remembered)
  if (earlier !== null) {
    try {
      const { received, ...state } = await persist(() => api.uploadState(earlier), tools)
      begun({ assetId: state.assetId })
      return {
        ...state,
        urls: new Map(),
        received: new Map(received.map((part) => [part.number, part.bytes])),
      }
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) throw error
      memory.removeItem(remembered)
    }
  }
  const request = {
    fileName: source.name,
    bytes: source.size,
    ...(assetId !== undefined && { assetId }),
    ...(isPart && { folder: true }),
    ...(source.type !== '' && { contentType: source.type }),
  }
  const upload = await persist(() => api.beginUpload(request), tools)
  begun(upload)
  return { ...upload, urls: new Map(upload.parts.map((part) => [part.number, part])), received: new Map() }
}

async function sendParts(source: Source, opened: Opened, tools: TransferTools): Promise<void> {
  const { bytes, partBytes, partCount, received } = opened
  const sent = new Map<number, number>()
  const tell = () => tools.sent([...sent.values()].reduce((sum, part) => sum + part, 0))
  const length = (number: number): number => Math.min(partBytes, bytes - (number - 1) * partBytes)
  const waiting: number[] = []
  for (let number = 1; number <= partCount; number++) {
    if (received.get(number) === length(number)) sent.set(number, length(number))
    else waiting.push(number)
  }
  tell()
  const urls = urlSource(opened, waiting, tools)

  // One part that fails for good stops the others, whose bytes would be for nothing.
  const stop = new AbortController()
  const signal = AbortSignal.any([tools.signal, stop.signal])
  const sendOne = async (number: number): Promise<void> => {
    const from = (number - 1) * partBytes
    const body = source.slice(from, from + length(number))
    for (let attempt = 1; ; attempt++) {
      const url = await urls(number, attempt > 1)
      const status = await tools
        .put(url, body, {
          signal,
          sent: (count) => {
            sent.set(number, count)
            tell()
          },
        })
        .catch((error: unknown) => {
          if (signal.aborted) throw error
          return 0
        })
      if (status >= 200 && status < 300) break
      sent.delete(number)
      tell()
      if (attempt === attempts)
        throw new ApiError(
          status,
          'UPLOAD_PART',
          `part ${number} could not be sent (${status || 'no answer'})`,
        )
      await tools.wait(backoffMs(attempt), signal)
    }
    sent.set(number, length(number))
    tell()
  }
  const worker = async (): Promise<void> => {
    for (let number = waiting.shift(); number !== undefined; number = waiting.shift()) await sendOne(number)
  }
  try {
    await Promise.all(Array.from({ length: partsAtOnce }, worker))
  } catch (error) {
    stop.abort(error)
    throw tools.signal.aborted ? tools.signal.reason : error
  }
}

/** Gives each part its URL: from those at hand, else asked for in batches; a fresh one after a refusal. */
function urlSource(
  opened: Opened,
  waiting: readonly number[],
  tools: TransferTools,
): (number: number, fresh: boolean) => Promise<string> {
  const urls = new Map<number, Promise<string>>(
    [...opened.urls.values()].map(({ number, url }) => [number, Promise.resolve(url)]),
  )
  return async (number, fresh) => {
    if (fresh) urls.delete(number)
    const known = urls.get(number)
    if (known) return known
    const others = fresh ? [] : waiting.filter((other) => !urls.has(other)).slice(0, urlBatch - 1)
    const numbers = [number, ...others]
    const batch = persist(() => tools.api.uploadParts(opened.id, numbers), tools)
    for (const wanted of numbers) {
      const url = batch.then(({ parts }) => {
        const part = parts.find((candidate) => candidate.number === wanted)
        if (!part) throw new ApiError(200, 'API_ANSWER', `no URL for part ${wanted}`)
        return part.url
      })
      // Some are awaited late or never; a failed one must be asked for again.
      url.catch(() => urls.delete(wanted))
      urls.set(wanted, url)
    }
    return urls.get(number) ?? Promise.reject(new Error('unreachable'))
  }
}

/** Calls the API until it answers; a refusal (4xx) is final. */
async function persist<Answer>(
  call: () => Promise<Answer>,
  { wait, signal }: TransferTools,
): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted()
    try {
      return await call()
    } catch (error) {
      const final =
        error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429
      if (final || attempt === attempts) throw error
      await wait(backoffMs(attempt), signal)
    }
  }
}

const backoffMs = (attempt: number): number => 500 * 2 ** (attempt - 1)
