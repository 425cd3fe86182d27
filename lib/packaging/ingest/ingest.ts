/** Turns an upload into a playable timeline, or into a failed asset with a reason. Safe to run twice and late. */
import {
  type AskedAgain,
  type AssetFault,
  type AssetRecord,
  type AssetTrack,
  askedAgain,
  maxFiles,
  readUploadKey,
  type SkippedTrack,
  sidecars,
  type Upload,
  type UploadSource,
  uploadsOf,
} from '../../assets/index.ts'
import { HeadendError } from '../../errors.ts'
import type { Log } from '../../platform/log.ts'
import { encodeTimeline, timelinePrefix } from '../../timeline/stored.ts'
import type { CaptionService, Track } from '../../timeline/timeline.ts'
import { type AssetFile, type AssetJson, readAssetJson } from '../assets/asset-json.ts'
import { clipped } from '../assets/clip-text.ts'
import { compositionOf, versionOf } from '../assets/composition.ts'
import { indexAsset } from '../indexing/index-asset.ts'
import type { IndexedAsset, SourceFile } from '../indexing/index-order.ts'
import { printPlacement } from '../storage/stored-placement.ts'
import { readableSidecars } from '../text/sidecar.ts'
import type { IngestPorts } from './ingest-ports.ts'

/** An index item holds 400 KB, and nobody reads more than this. */
const maxMessage = 4000
/** Limit of all left-out reasons together, for the same item. */
const maxReasons = 100_000

/** Context of one attempt at indexing. */
export interface IngestAttempt {
  readonly ports: IngestPorts
  readonly log: Log
  /** Delivery count of the message, this one included. */
  readonly attempts: number
  /** Whether the queue gives the message up if this attempt fails; the asset then shows the error. */
  readonly isLast: boolean
}

/** Indexes the uploads named in a message; rejects if it should be redelivered. */
export async function ingestMessage(body: string, attempt: IngestAttempt): Promise<void> {
  const asked = askedAgain(body)
  if (asked) return ingestAgain(asked, attempt)
  for (const upload of uploadsOf(body)) await ingestUpload(upload, attempt)
}

/** Reindexes the remembered uploads at an operator's request; delivered twice it makes one new version. */
async function ingestAgain({ assetId, asked }: AskedAgain, attempt: IngestAttempt): Promise<void> {
  const { ports, log } = attempt
  const asset = await ports.askAgain(assetId, asked)
  if (!asset) return log.info('asking again passed over', { assetId, asked })
  const refused = Object.keys(asset.sources)
    .map(readUploadKey)
    .find(({ kind }) => kind === 'bad')
  if (refused?.kind === 'bad') {
    await ports.fail(assetId, asset.revision, { code: refused.code, message: refused.message })
    return log.info('upload refused', { assetId, code: refused.code })
  }
  await ingestRemembered(asset, attempt)
}

async function ingestUpload(upload: Upload, attempt: IngestAttempt): Promise<void> {
  const { ports, log } = attempt
  const key = readUploadKey(upload.key)
  if (key.kind === 'other') return log.info('upload passed over', { key: upload.key })
  const isThere = async (): Promise<boolean> => {
    const newest = await ports.find(upload.key)
    const { versionId, etag } = upload.source
    // An upload that was replaced was deleted with the asset, too.
    return newest !== undefined && (versionId ? newest.versionId === versionId : newest.etag === etag)
  }
  const asset = await ports.remember(key.assetId, upload, isThere)
  if (!asset) return log.info('upload passed over, deleted', { key: upload.key })
  if (key.kind === 'bad') {
    await ports.fail(key.assetId, asset.revision, { code: key.code, message: key.message })
    return log.info('upload refused', { key: upload.key, code: key.code })
  }
  await ingestRemembered(asset, attempt)
}

async function ingestRemembered(asset: AssetRecord, attempt: IngestAttempt): Promise<void> {
  const { ports, log } = attempt
  try {
    await ingestAsset(asset, attempt)
  } catch (error) {
    const fault = faultOf(error, attempt)
    if (fault) await ports.fail(asset.assetId, asset.revision, fault)
    if (!isBadInput(error)) throw error
    log.info('asset failed', { assetId: asset.assetId, code: fault?.code })
  }
}

/** An error of the file, not of headend: retrying is useless. */
const isBadInput = (error: unknown): error is HeadendError =>
  error instanceof HeadendError && error.status < 500

function faultOf(error: unknown, { attempts, isLast }: IngestAttempt): AssetFault | undefined {
  if (isBadInput(error)) return { code: error.code, message: clipped(error.message, maxMessage) }
  if (!isLast) return undefined
  return {
    code: 'PACKAGING_INTERNAL',
    message: `the upload could not be indexed in ${attempts} attempts for a reason that is not in the file; an operator must look at the log of the ingest function`,
  }
}

/** The resolved input of indexing. */
interface Plan {
  readonly version: string
  readonly files: readonly SourceFile[]
  readonly sidecars: readonly SourceFile[]
  readonly skipped: readonly SkippedTrack[]
  readonly title?: string
  readonly commit?: string
  readonly captions?: readonly CaptionService[]
  readonly optional?: AssetJson['optional']
  /** The protection stated in `asset.json`. */
  readonly protection?: unknown
}

async function ingestAsset(asset: AssetRecord, { ports, log }: IngestAttempt): Promise<void> {
  const { assetId, revision } = asset
  const plan = await planOf(asset, ports)
  if (!plan) return log.info('upload waits for asset.json', { assetId })
  const { version, files, captions, optional, sidecars: texts } = plan
  if (asset.state === 'ready' && asset.version === version)
    return log.info('already indexed', { assetId, version })
  await ports.advance(assetId, { revision, share: 0 })
  const timelineId = `vod/${assetId}`
  const films = await indexAsset({
    timelineId,
    version,
    files,
    sidecars: texts,
    ...(captions && { captions }),
    ...(optional && { optional }),
    keep: async (name, chunks) => {
      const key = timelinePrefix(timelineId, version) + name
      return { object: { bucket: 'media', key }, source: await ports.keep(key, chunks) }
    },
    progress: (share) => ports.advance(assetId, { revision, share }),
  })
  await storeIndexed(films, ports)
  const publication = {
    version,
    durationSeconds: films.durationSeconds,
    commonSeconds: films.commonSeconds,
    // Nobody selects trick-play tracks: players use them by themselves.
    tracks: films.timeline.tracks.filter(({ trickOf }) => trickOf === undefined).map(assetTrack),
    skipped: shortened([...films.skipped, ...plan.skipped]),
    warnings: shortened(films.warnings),
    ...(plan.title && { title: plan.title }),
    ...(plan.commit && { commit: plan.commit }),
    ...(asset.asked && { indexedFor: asset.asked }),
  }
  const published = await ports.showProtected(timelineId, {
    stated: plan.protection,
    commonMs: films.commonSeconds * 1000,
    show: (protection) =>
      ports.publish(assetId, revision, { ...publication, ...(protection && { protection }) }),
  })
  log.info(published ? 'asset ready' : 'asset superseded', {
    assetId,
    version,
    skipped: films.skipped.length,
  })
}

/** Undefined if files of a committed asset change and their new `asset.json` is still to come. */
async function planOf(asset: AssetRecord, ports: IngestPorts): Promise<Plan | undefined> {
  const { assetId, sources, isFull, asked } = asset
  const { keys, commit } = compositionOf(assetId, sources)
  const commitSource = commit === undefined ? undefined : sources[commit]
  if (commit === undefined || !commitSource) {
    const parts = keys.flatMap((key) => (sources[key] ? [{ key, source: sources[key] }] : []))
    // Every file that arrives has all of them read again.
    if (parts.length > maxFiles || isFull)
      throw new HeadendError(
        'ASSET_FILES_MANY',
        `vod/${assetId}/: expected at most ${maxFiles} files, got ${isFull ? 'more' : parts.length}; name those of the film in vod/${assetId}/asset.json`,
      )
    return { version: versionOf(parts, asked), ...filesOf(parts, ports) }
  }
  const { title, files, captions, protection, optional } = readAssetJson(
    await ports.text(commit, commitSource),
    assetId,
  )
  const parts: (AssetFile & { readonly source: UploadSource })[] = []
  for (const file of files) {
    // Events arrive out of order: a committed file may be in the bucket before its event.
    const source = sources[file.key] ?? (await ports.find(file.key))
    if (!source)
      throw new HeadendError(
        'ASSET_FILE_MISSING',
        `${commit}: expected ${file.key} in the bucket, got nothing; upload it, then asset.json again`,
      )
    parts.push({ ...file, source })
  }
  const version = versionOf([...parts, { key: commit, source: commitSource }], asked)
  const committed = commitSource.versionId ?? commitSource.etag
  // A requested reindex takes the files as they are now.
  const isAsked = asked !== undefined && asked !== asset.indexedFor
  if (!isAsked && asset.commit === committed && asset.version !== version) return undefined
  return {
    version,
    commit: committed,
    ...(title && { title }),
    ...(captions && { captions }),
    ...(optional && { optional }),
    ...(protection !== undefined && { protection }),
    ...filesOf(parts, ports),
  }
}

function filesOf(
  parts: readonly (AssetFile & { readonly source: UploadSource })[],
  ports: IngestPorts,
): Pick<Plan, 'files' | 'sidecars' | 'skipped'> {
  const fileOf = ({
    key,
    source,
    language,
    name,
    roles,
    renditions,
  }: (typeof parts)[number]): SourceFile => ({
    object: { bucket: 'upload', key, ...(source.versionId && { versionId: source.versionId }) },
    source: ports.open(key, source),
    ...(language && { language }),
    ...(name && { name }),
    ...(roles && { roles }),
    ...(renditions && { renditions }),
  })
  const films = parts.filter(({ key }) => !sidecars.test(key))
  const beside = parts.filter(({ key }) => sidecars.test(key))
  if (films.length === 0 && beside.length > 0)
    throw new HeadendError(
      'PACKAGING_NOTHING_PLAYABLE',
      `${beside[0]?.key}: expected a film with the subtitles, got none yet; they are read when it comes`,
    )
  return {
    files: films.map(fileOf),
    sidecars: beside.filter(({ key }) => readableSidecars.test(key)).map(fileOf),
    skipped: beside
      .filter(({ key }) => !readableSidecars.test(key))
      .map(({ key }) => ({
        file: key,
        type: 'text',
        code: 'PACKAGING_TEXT_UNSUPPORTED',
        reason:
          'subtitles beside the film are read as WebVTT (.vtt) or SubRip (.srt); save them as one of these',
      })),
  }
}

/** Clips reasons; every one is kept, but the more there are, the shorter each. */
function shortened(skipped: readonly SkippedTrack[]): SkippedTrack[] {
  const most = Math.min(maxMessage, Math.floor(maxReasons / Math.max(1, skipped.length)))
  return skipped.map((one) => ({ ...one, reason: clipped(one.reason, most) }))
}

/** Stores the head last: whoever can read it can read all it refers to. */
async function storeIndexed(
  { timeline, placement, objects }: IndexedAsset,
  ports: IngestPorts,
): Promise<void> {
  const prefix = timelinePrefix(timeline.id, timeline.version)
  const { head, parts } = encodeTimeline(timeline)
  await Promise.all([
    ...objects.map(({ key, bytes, contentType }) => ports.store(key, bytes, contentType)),
    ...parts.map(({ name, text }) => ports.store(prefix + name, text, 'application/json')),
    ports.store(`${prefix}placement.json`, printPlacement(placement), 'application/json'),
  ])
  await ports.store(`${prefix}timeline.json`, head, 'application/json')
}

function assetTrack({ id, type, language, name, bandwidth, configs }: Track): AssetTrack {
  const [config] = configs
  const { width, height, frameRate, sampleRate, channels } = config ?? {}
  return {
    id,
    type,
    codec: config?.codec ?? '',
    bandwidth,
    ...(language && { language }),
    ...(name && { name }),
    ...(width && { width }),
    ...(height && { height }),
    ...(frameRate && { frameRate }),
    ...(sampleRate && { sampleRate }),
    ...(channels && { channels }),
  }
}
