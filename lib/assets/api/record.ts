/** Converts an asset's row in the index to the operator's view of it. */
import { z } from '@hono/zod-openapi'
import { type Asset, assetSchema } from './schemas.ts'

const shown = assetSchema.shape

/** The row as packaging writes it; attributes that are not shown are not parsed. */
const recordSchema = z.object({
  state: shown.state,
  progress: z.number().default(0),
  version: shown.version,
  durationSeconds: shown.durationSeconds,
  tracks: shown.tracks.default([]),
  skipped: shown.skipped,
  warnings: shown.warnings,
  error: shown.error,
  title: shown.title,
  givenTitle: shown.title,
  /** The name of the protection state of the published version. */
  protection: z.string().optional(),
  sources: z
    .record(
      z.string(),
      z.object({
        bytes: z.number().optional(),
        versionId: z.string().optional(),
        eventTime: z.string().optional(),
      }),
    )
    .default({}),
})

const keySchema = z.looseObject({ pk: z.string().startsWith('vod/'), updatedAt: z.string() })

/** Parses a row of the index. One that can't be parsed is shown as failed: it must not hide the others. */
export function assetOf(item: unknown, playbackUrl: string): Asset {
  const { pk, updatedAt } = keySchema.parse(item)
  const facts = { id: pk.slice('vod/'.length), updatedAt, manifests: manifestsOf(pk, playbackUrl) }
  const read = recordSchema.safeParse(item)
  if (!read.success)
    return {
      ...facts,
      state: 'failed',
      progress: 0,
      protected: true,
      tracks: [],
      files: [],
      error: {
        code: 'ASSET_RECORD',
        message: `index entry ${pk}: ${read.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ')}; upload the file again`,
      },
    }
  const { sources, progress, protection, givenTitle, title: stated, ...record } = read.data
  const title = givenTitle ?? stated
  return {
    ...facts,
    ...record,
    ...(title !== undefined && { title }),
    protected: protection !== undefined,
    progress: record.state === 'ready' ? 1 : Math.min(1, Math.max(0, progress)),
    files: Object.entries(sources).map(([key, { bytes, versionId, eventTime }]) => ({
      key,
      bytes,
      versionId,
      ...(eventTime && { uploadedAt: eventTime }),
    })),
  }
}

/** The manifest URLs of the content `id` (`vod/film`). */
export const manifestsOf = (id: string, playbackUrl: string): Asset['manifests'] => ({
  hls: `${playbackUrl}/${id}/index.m3u8`,
  dash: `${playbackUrl}/${id}/index.mpd`,
})
