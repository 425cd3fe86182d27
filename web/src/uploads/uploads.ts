/** The uploads of this page: they go on whatever view is shown. */
import { type Api, ApiError } from '../api.ts'
import type { UploadProgress } from './progress.ts'
import { putPart, waitAwhile } from './put-part.ts'
import { transfer } from './transfer.ts'

/** Takes files on; `assetId` says whose they are where their names do not. */
export type Upload = (files: readonly File[], assetId: string) => void

/** Several files share the line; more at a time would only be slower each. */
const filesAtOnce = 2
/** Speed is measured over the last seconds: shorter jumps, longer lags. */
const speedWindowMs = 4000

const emptyFile: UploadProgress['error'] = {
  code: 'UPLOAD_EMPTY',
  message:
    'expected a film or subtitles, got 0 bytes; what wrote it failed: export or copy it again, then upload that',
}

interface Entry {
  progress: UploadProgress
  readonly file: File
  readonly assetId?: string
  control: AbortController
  samples: (readonly [ms: number, bytes: number])[]
}

/** The list of uploads; listeners are told when anything of it changes. */
export class Uploads {
  readonly #api: Api
  readonly #listeners = new Set<() => void>()
  readonly #entries: Entry[] = []
  #last = 0
  #told = false

  constructor(api: Api) {
    this.#api = api
  }

  /** All of them, the latest first. */
  get list(): readonly UploadProgress[] {
    return this.#entries.map(({ progress }) => progress).toReversed()
  }

  /** Something would be lost if the page went away. */
  get busy(): boolean {
    return this.#entries.some(({ progress }) => isActive(progress))
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Takes files on, for an asset that is there or for one each; an empty one is refused, it has nothing to send. */
  add(files: readonly File[], assetId?: string): void {
    for (const file of files) {
      const number = ++this.#last
      const start = { number, name: file.name, bytes: file.size, sentBytes: 0, bytesPerSecond: 0 }
      const progress: UploadProgress =
        file.size > 0 ? { ...start, state: 'waiting' } : { ...start, state: 'failed', error: emptyFile }
      const control = new AbortController()
      this.#entries.push({ file, progress, control, samples: [], ...(assetId !== undefined && { assetId }) })
    }
    this.#startWaiting()
  }

  /** Gives one up, or takes a finished one off the list. */
  remove(number: number): void {
    const index = this.#entries.findIndex(({ progress }) => progress.number === number)
    const [entry] = index < 0 ? [] : this.#entries.splice(index, 1)
    entry?.control.abort(new DOMException('cancelled', 'AbortError'))
    this.#startWaiting()
  }

  /** Takes those off the list that have nothing more to do. */
  clear(): void {
    const rest = this.#entries.filter(({ progress }) => isActive(progress))
    this.#entries.splice(0, this.#entries.length, ...rest)
    this.#tell()
  }

  /** Tries a failed one again; what has arrived is not sent twice. */
  retry(number: number): void {
    const entry = this.#entries.find(({ progress }) => progress.number === number)
    if (entry?.progress.state !== 'failed') return
    entry.control = new AbortController()
    const { error: _, ...progress } = entry.progress
    entry.progress = { ...progress, state: 'waiting' }
    this.#startWaiting()
  }

  #startWaiting(): void {
    const room = filesAtOnce - this.#entries.filter(({ progress }) => isRunning(progress)).length
    const waiting = this.#entries.filter(({ progress }) => progress.state === 'waiting')
    for (const entry of waiting.slice(0, Math.max(0, room))) void this.#run(entry)
    this.#tell()
  }

  async #run(entry: Entry): Promise<void> {
    const change = (changes: Partial<UploadProgress>) => {
      entry.progress = { ...entry.progress, ...changes }
      this.#tell()
    }
    const { file, control } = entry
    entry.samples = []
    change({ state: 'sending' })
    try {
      const completed = await transfer(file, {
        api: this.#api,
        ...(entry.assetId !== undefined && { assetId: entry.assetId }),
        put: putPart,
        memory: localStorage,
        wait: waitAwhile,
        signal: control.signal,
        begun: ({ assetId, replaces }) => change({ assetId, ...(replaces !== undefined && { replaces }) }),
        sent: (sentBytes) => {
          const bytesPerSecond = speed(entry, sentBytes)
          change({ sentBytes, bytesPerSecond, state: sentBytes < file.size ? 'sending' : 'joining' })
        },
      })
      change({ state: 'sent', sentBytes: file.size, completed })
    } catch (error) {
      const { code, message }: Pick<ApiError, 'code' | 'message'> =
        error instanceof ApiError ? error : { code: 'UPLOAD_FAILED', message: String(error) }
      if (!control.signal.aborted) change({ state: 'failed', error: { code, message } })
    }
    this.#startWaiting()
  }

  /** Tells listeners once a frame: progress comes far more often than it can be seen. */
  #tell(): void {
    if (this.#told) return
    this.#told = true
    setTimeout(() => {
      this.#told = false
      for (const listener of this.#listeners) listener()
    }, 50)
  }
}

const isRunning = ({ state }: UploadProgress): boolean => state === 'sending' || state === 'joining'
const isActive = (progress: UploadProgress): boolean => isRunning(progress) || progress.state === 'waiting'

function speed(entry: Entry, sentBytes: number): number {
  const now = performance.now()
  entry.samples = [...entry.samples.filter(([ms]) => now - ms < speedWindowMs), [now, sentBytes]]
  const [first] = entry.samples
  return first && now - first[0] > 200 ? Math.max(0, ((sentBytes - first[1]) / (now - first[0])) * 1000) : 0
}
