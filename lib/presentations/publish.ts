/** Stores presentations and takes them away, with what the edge has to know of them. */
import { HeadendError } from '../errors.ts'
import { markEntry } from '../platform/aws/edge-entries.ts'
import type { KeyValues } from '../platform/aws/key-values.ts'
import { sha256Hex } from '../platform/crypto/digest.ts'
import type { ContentId } from '../timeline/ids.ts'
import type { LiveHead } from '../timeline/live/head.ts'
import { secondsOf } from './answer.ts'
import { type AskedChannelClip, type AskedClip, type ComposeReader, composed } from './compose.ts'
import type { RequestClip } from './schema.ts'
import type { PresentationRow, PresentationStore } from './store.ts'
import { contentsOf, type StoredPresentation } from './stored.ts'

/** What it takes. */
export interface PublishPorts {
  readonly presentations: PresentationStore
  /** Marks at the edge: content with a mark is refused without a session. */
  readonly marks: Pick<KeyValues, 'edit'>
  /** The head of a channel, by `live/<channelId>`; undefined if nothing has come for it. */
  readonly channel: (id: string) => Promise<LiveHead | undefined>
  /** Whether a range of a channel, by `live/<channelId>` and epoch milliseconds, is kept for longer than its window. */
  readonly isHeld: ComposeReader['isHeld']
  readonly now: () => number
}

/**
 * Stores a version and publishes it in place of the previous one; throws PRESENTATION_RACE (503) on a concurrent
 * change.
 */
export async function publish(
  { presentations, marks, channel, isHeld, now }: PublishPorts,
  id: string,
  requested: readonly RequestClip[],
): Promise<{ readonly row: PresentationRow; readonly stored: StoredPresentation }> {
  const clips = requested.map(askedOf)
  const before = await presentations.row(id)
  let published: Awaited<ReturnType<PresentationStore['published']>> = new Map()
  const stored = await composed(id, clips, {
    object: (key) => presentations.object(key),
    channel,
    isHeld,
    now,
    async versions(contentIds) {
      published = await presentations.published([...contentIds, ...channelsOf(clips)])
      return new Map([...published].map(([content, { version }]) => [content, version]))
    },
  })
  const text = JSON.stringify(stored)
  const row: PresentationRow = {
    id,
    version: sha256Hex(text).slice(0, 16),
    revision: (before?.revision ?? 0) + 1,
    durationSeconds: secondsOf(stored),
    isProtected: [...published.values()].some(({ isProtected }) => isProtected),
    updatedAt: new Date(now()).toISOString(),
    contents: contentsOf(stored),
  }
  await presentations.store(id, row.version, text)
  const mark = (value: string | undefined) =>
    marks.edit([markEntry(id)], () => new Map([[markEntry(id), value]]))
  // Content that needs a session must never be served without one; content that needs none may require one for a
  // moment.
  if (row.isProtected) await mark('1')
  if (!(await presentations.put(row)))
    throw new HeadendError(
      'PRESENTATION_RACE',
      `${id}: expected revision ${row.revision - 1}, got another; somebody else stored it at the same time`,
      { status: 503 },
    )
  if (!row.isProtected) await mark(undefined)
  return { row, stored }
}

const askedOf = (clip: RequestClip): AskedClip | AskedChannelClip =>
  'channel' in clip
    ? {
        channelId: clip.channel,
        fromMs: Date.parse(clip.from),
        toMs: Date.parse(clip.to),
        role: clip.role,
        breaks: clip.breaks,
        replacements: clip.replacements,
      }
    : { assetId: clip.asset, fromSeconds: clip.from, toSeconds: clip.to, role: clip.role }

const channelsOf = (clips: Parameters<typeof composed>[1]): readonly ContentId[] =>
  clips.flatMap((clip) => ('channelId' in clip ? [`live/${clip.channelId}`] : []))

/** Takes a presentation away, if there is one. */
export async function withdraw(
  { presentations, marks }: Pick<PublishPorts, 'presentations' | 'marks'>,
  id: string,
): Promise<void> {
  await presentations.remove(id)
  await marks.edit([markEntry(id)], () => new Map([[markEntry(id), undefined]]))
}
