/** The uploads of this page: they go on whatever view is shown. */
import { type Api, ApiError } from '../api.ts'
import { commitText } from './commit.ts'
import { type Beside, type FilmPlan, sentNames } from './grouping.ts'
import { isActive, type UploadProgress } from './progress.ts'
import { type TransferTools, transfer } from './transfer.ts'

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
  file: File
  readonly assetId?: string
  readonly part?: Part
  control: AbortController
  samples: (readonly [ms: number, bytes: number])[]
}

/** What a file is in its group. */
interface Part {
  readonly kind: 'film' | 'beside' | 'commit'
  readonly said?: Pick<Beside<File>, 'language' | 'purpose'>
  /** Of the film before, where there was one. */
  readonly title?: string
}

/** A film with what goes with it, as it is to be sent. */
export interface FilmSending {
  readonly plan: FilmPlan<File>
  /** It has, or had before, files that only an `asset.json` can name. */
  readonly isCommitted: boolean
  readonly title?: string | undefined
}

/** What a transfer uses of the browser. */
type Browser = Pick<TransferTools, 'put' | 'wait' | 'memory'>

/** The list of uploads; listeners are told when anything of it changes. */
export class Uploads {
  readonly #api: Api
  readonly #listeners = new Set<() => void>()
  readonly #entries: Entry[] = []
  readonly #browser: Browser
  #last = 0
  #told = false

  constructor(api: Api, browser: Browser) {
    this.#api = api
    this.#browser = browser
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
    for (const file of files) this.#push(file, { ...(assetId !== undefined && { assetId }) })
    this.#startWaiting()
  }

  /**
   * Takes a film on with what goes with it. Texts alone go into its folder once it has arrived, and where there is
   * more, all of it goes there, and what says so comes last: nobody sees a half of it for long.
   */
  addFilm({ plan: { film, assetId, beside }, isCommitted, title }: FilmSending): void {
    const group = { number: this.#last + 1, assetId, isCommitted }
    const shared = { assetId, group }
    this.#push(film, { ...shared, role: 'film', part: { kind: 'film' } })
    const names = sentNames(assetId, beside)
    for (const [i, { file, kind, language, purpose }] of beside.entries()) {
      const sent = new File([file], names[i] ?? file.name, {
        type: file.type,
        lastModified: file.lastModified,
      })
      const what = kind === 'audio' ? 'audio' : (purposeWords[purpose] ?? 'subtitles')
      this.#push(sent, {
        ...shared,
        name: file.name,
        role: language === '' ? what : `${what}, ${language}`,
        part: { kind: 'beside', said: { language, purpose } },
      })
    }
    if (isCommitted)
      this.#push(new File([' '], 'asset.json'), {
        ...shared,
        role: 'makes them one',
        part: { kind: 'commit', ...(title !== undefined && { title }) },
      })
    this.#startWaiting()
  }

  #push(
    file: File,
    {
      assetId,
      name = file.name,
      part,
      ...facts
    }: Pick<Entry, 'assetId' | 'part'> & Pick<UploadProgress, 'group' | 'role'> & { readonly name?: string },
  ): void {
    const number = ++this.#last
    const start = { number, name, bytes: file.size, sentBytes: 0, bytesPerSecond: 0, ...facts }
    const progress: UploadProgress =
      file.size > 0 ? { ...start, state: 'waiting' } : { ...start, state: 'failed', error: emptyFile }
    const control = new AbortController()
    const whose = { ...(assetId !== undefined && { assetId }), ...(part && { part }) }
    this.#entries.push({ file, progress, control, samples: [], ...whose })
  }

  /** Gives one up, or takes a finished one off the list. */
  remove(number: number): void {
    const index = this.#entries.findIndex(({ progress }) => progress.number === number)
    const [entry] = index < 0 ? [] : this.#entries.splice(index, 1)
    entry?.control.abort(new DOMException('cancelled', 'AbortError'))
    // What goes with a film that is not sent has nothing to go with.
    if (entry?.part?.kind === 'film' && entry.progress.state !== 'sent')
      for (const { progress } of this.#groupOf(entry)) this.remove(progress.number)
    this.#startWaiting()
  }

  /** Takes those off the list that are of an asset, which is gone. */
  forget(assetId: string): void {
    const over = this.#entries.filter(({ progress }) => progress.assetId === assetId && !isActive(progress))
    for (const { progress } of over) this.remove(progress.number)
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
    for (const entry of this.#entries) {
      const first = this.#awaited(entry)
      const { waitsFor: _, ...progress } = entry.progress
      entry.progress = { ...progress, ...(first && { waitsFor: first.progress.name }) }
    }
    const waiting = this.#entries.filter(
      ({ progress }) => progress.state === 'waiting' && progress.waitsFor === undefined,
    )
    for (const entry of waiting.slice(0, Math.max(0, room))) void this.#run(entry)
    this.#tell()
  }

  #groupOf({ progress: { group } }: Entry): readonly Entry[] {
    return group ? this.#entries.filter(({ progress }) => progress.group?.number === group.number) : []
  }

  /** The file of its group that has to arrive before it; what was taken off the list is not waited for. */
  #awaited(entry: Entry): Entry | undefined {
    const { part, progress } = entry
    if (progress.state !== 'waiting' || !part || part.kind === 'film') return undefined
    const missing = this.#groupOf(entry).filter((one) => one !== entry && one.progress.state !== 'sent')
    if (part.kind === 'commit') return missing[0]
    return progress.group?.isCommitted ? undefined : missing.find((one) => one.part?.kind === 'film')
  }

  /** Of what has arrived, and is still on the list. */
  #commitOf(entry: Entry): File {
    const sent = this.#groupOf(entry).flatMap(({ part, progress: { completed } }) =>
      completed ? { key: completed.key, ...part?.said } : [],
    )
    return new File([commitText(sent, entry.part?.title)], 'asset.json', { type: 'application/json' })
  }

  async #run(entry: Entry): Promise<void> {
    if (entry.part?.kind === 'commit') {
      entry.file = this.#commitOf(entry)
      entry.progress = { ...entry.progress, bytes: entry.file.size }
    }
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
        ...(entry.progress.group?.isCommitted && { isPart: true }),
        ...this.#browser,
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

const purposeWords: Readonly<Record<string, string>> = { sdh: 'captions (SDH)', forced: 'forced subtitles' }

function speed(entry: Entry, sentBytes: number): number {
  const now = performance.now()
  entry.samples = [...entry.samples.filter(([ms]) => now - ms < speedWindowMs), [now, sentBytes]]
  const [first] = entry.samples
  return first && now - first[0] > 200 ? Math.max(0, ((sentBytes - first[1]) / (now - first[0])) * 1000) : 0
}
