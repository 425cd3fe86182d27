/** Messages of the queue: uploads below `live/`, which may come twice, late and in any order. */
import { type Upload, uploadsOf } from '../../assets/index.ts'
import { HeadendError } from '../../errors.ts'
import type { Log } from '../../platform/log.ts'
import { isManifest, type ManifestPorts, takeManifest } from '../manifests/take-manifest.ts'
import type { FeedPorts, ReadUpload } from './ports.ts'
import { type NotedRefusals, noteRefusal, refusalBy, refusalOf } from './refusal.ts'
import { takeObject } from './take-object.ts'

/** What a message is handled with. */
export interface MessagePorts extends FeedPorts, ManifestPorts {
  readonly live: FeedPorts['live']
  /** Bytes of a version of an upload, or of the present one; undefined if it is gone. */
  readonly upload: ReadUpload
  readonly log: Log
  readonly noted: NotedRefusals
}

/** The largest object of a feed: a segment of 10 s at 100 Mbit/s. */
export const maxObjectBytes = 128 * 2 ** 20
/** A playlist of two days. */
const maxManifestBytes = 16 * 2 ** 20

const keyForm = /^live\/([A-Za-z0-9._-]{1,128})\/(.+)$/

/** What has neither segments nor cues in it, and stands beside them. */
export const isPassedOver = (path: string): boolean => /\.(?:txt|json|xml|ism|ismc)$/i.test(path)

/** Takes the uploads of a message; rejects if it should be delivered again. */
export async function takeMessage(body: string, ports: MessagePorts): Promise<void> {
  for (const upload of uploadsOf(body))
    try {
      await takeUpload(upload, ports)
    } finally {
      ports.memory?.reset()
    }
}

async function takeUpload({ key, source }: Upload, ports: MessagePorts): Promise<void> {
  const { log } = ports
  const [, channelId, path] = keyForm.exec(key) ?? []
  if (channelId === undefined || path === undefined || isPassedOver(path)) {
    log.info('feed: passed over', { key })
    return
  }
  const maxBytes = isManifest(path) ? maxManifestBytes : maxObjectBytes
  if (source.bytes > maxBytes) {
    const why = `expected at most ${maxBytes} bytes, got ${source.bytes}`
    log.warn('feed: passed over', { key, why })
    await noteRefusal(ports, { channelId, path }, { why })
    return
  }
  const bytes = await ports.upload(key, source.versionId)
  if (!bytes) {
    log.info('feed: gone', { key })
    return
  }
  const object = { channelId, path, bytes, writtenMs: Date.parse(source.eventTime) }
  const taken = isManifest(path) ? takeManifest(ports, object) : takeObject(ports, object)
  const outcomes = await taken.catch(async (error: unknown) => {
    // No retry makes it readable, and it must not hold up what comes behind it.
    if (error instanceof HeadendError && error.status < 500) {
      log.warn('feed: unreadable', { key, code: error.code, why: error.message })
      await noteRefusal(ports, object, refusalBy(error))
      return []
    }
    throw error
  })
  await noteRefusal(ports, object, refusalOf(outcomes))
  for (const outcome of outcomes)
    if (outcome.kind === 'untold') log.warn('feed: told of nothing', { key, ...outcome })
    else if (outcome.kind === 'damaged') log.warn('feed: damaged', { key, ...outcome })
    else if (outcome.kind === 'outlying') log.warn('feed: outlying time', { key, ...outcome })
    else log.info('feed: object', { key, ...outcome })
  if (outcomes.some(({ kind }) => kind === 'waits'))
    throw new HeadendError('CHANNEL_INIT', `${key}: expected its init segment before it, got none yet`, {
      status: 503,
    })
}
