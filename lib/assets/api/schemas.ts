/**
 * The schemas of assets and uploads in the operator's API: they validate requests, type the code, generate the OpenAPI
 * document and type the console.
 */

import { z } from '@hono/zod-openapi'
import { idForm, idWanted } from '../../timeline/ids.ts'
import { assetStates } from '../asset.ts'

/** A pair of two values: linters want `items` beside `prefixItems`, though nothing can follow the two. */
const pairOf = <First extends z.ZodType, Second extends z.ZodType>(first: First, second: Second) =>
  z.tuple([first, second]).readonly().openapi({ items: {}, minItems: 2, maxItems: 2 })

/** Names of assets, channels, creatives and uploads: characters that URLs, S3 keys and file names take unescaped. */
export const idSchema = z.string().regex(idForm, idWanted).openapi({ example: 'big-buck-bunny' })

const bandwidthSchema = z.object({ peak: z.number(), average: z.number() }).partial()

/** A track as people see it; further members from packaging are passed on. */
const trackSchema = z
  .looseObject({
    id: z.string(),
    type: z.string().openapi({ example: 'video' }),
    codec: z.string().openapi({ example: 'avc1.64001f', description: 'RFC 6381' }),
    language: z.string().optional().openapi({ example: 'en', description: 'BCP 47' }),
    name: z.string().optional(),
    width: z.number().optional(),
    height: z.number().optional(),
    frameRate: pairOf(z.number(), z.number())
      .optional()
      .openapi({ description: 'frames a second as a fraction' }),
    sampleRate: z.number().optional(),
    channels: z.number().optional(),
    bandwidth: bandwidthSchema.optional(),
  })
  .openapi('Track')

const trackNoteSchema = z.looseObject({
  file: z.string(),
  type: z.string().optional(),
  codec: z.string().optional(),
  code: z.string(),
  reason: z.string(),
})

const skippedSchema = trackNoteSchema.openapi('SkippedTrack', {
  description: 'a track of the upload that can not be delivered, and why',
})

const warningSchema = trackNoteSchema.openapi('FilmWarning', {
  description: 'what was wrong with a track that plays, and what was done about it',
})

/** The manifest URLs of a presentation. */
const manifestsSchema = z.object({
  hls: z.string().openapi({ example: 'https://play.example/vod/film/index.m3u8' }),
  dash: z.string().openapi({ example: 'https://play.example/vod/film/index.mpd' }),
})

/** An asset as the operator sees it. */
export const assetSchema = z
  .object({
    id: idSchema,
    title: z.string().optional(),
    state: z.enum(assetStates),
    progress: z.number().min(0).max(1),
    version: z.string().optional().openapi({
      description: 'what the manifests play, whatever the state; absent until a first version was published',
    }),
    durationSeconds: z.number().optional(),
    tracks: z.array(trackSchema),
    skipped: z.array(skippedSchema).optional(),
    warnings: z.array(warningSchema).optional(),
    error: z.object({ code: z.string(), message: z.string() }).optional(),
    files: z.array(
      z.object({
        key: z.string(),
        bytes: z.number().optional(),
        versionId: z
          .string()
          .optional()
          .openapi({ description: 'which upload of this key the asset is made of' }),
        uploadedAt: z.string().optional().openapi({ example: '2026-01-31T12:00:00.000Z' }),
      }),
    ),
    manifests: manifestsSchema,
    protected: z.boolean().openapi({
      description:
        'whether the version that plays is: then the URLs that POST /v1/sessions gives play, and `manifests` do not',
    }),
    updatedAt: z.string().openapi({ example: '2026-01-31T12:00:00.000Z' }),
  })
  .openapi('Asset')

/** An asset with its stored versions. */
export const assetDetailSchema = assetSchema
  .extend({
    versions: z.array(z.object({ version: z.string(), storedAt: z.string() })).openapi({
      description: 'versions whose URLs still play, the latest first; `version` is the one manifests name',
    }),
  })
  .openapi('AssetDetail')

/** The members of an asset that an operator may change. */
export const assetChangeSchema = z
  .object({
    title: z
      .string()
      .min(1)
      .regex(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{1,500}$/u, 'expected text in one line of at most 500 characters')
      .nullable()
      .openapi({ description: 'what people see; null: what asset.json says again' }),
  })
  .openapi('AssetChange')

/** A request to index an asset again. */
export const askedSchema = z
  .object({
    id: idSchema,
    asked: z.string().openapi({ description: 'names this asking; the asset is `indexing` once it is begun' }),
  })
  .openapi('AskedIngest')

/** The result of a deletion. */
export const deletionSchema = z
  .object({
    id: idSchema,
    versions: z.array(z.string()).readonly(),
    timelineObjects: z.number().int(),
    uploads: z.array(z.object({ key: z.string(), bytes: z.number() })).readonly(),
    keys: z.enum(['kept', 'retired']),
    policy: z.enum(['kept', 'forgotten']),
  })
  .openapi('AssetDeletion')

/** A page of assets, by latest change or by title. */
export const assetPageSchema = z
  .object({
    assets: z.array(assetSchema),
    searched: z
      .object({
        assets: z.number().int().openapi({ description: 'how many were looked at for this page' }),
        isAll: z.boolean().openapi({
          description:
            'false: there are more than one answer looks at; with `sort=title` those changed longest ago are left out',
        }),
      })
      .optional()
      .openapi({ description: 'of a list that was searched or sorted' }),
    next: z.string().optional().openapi({ description: 'pass it as `next` to get the page after this one' }),
  })
  .openapi('AssetPage')

/** Run lengths: `[count, value]`, `[count, value]`, … */
const runsOf = <Value extends z.ZodType>(value: Value) => z.array(pairOf(z.number().int(), value)).readonly()
/** Exceptions from the normal value: `[index, value]`. */
const rareOf = <Value extends z.ZodType>(value: Value) =>
  z.array(pairOf(z.number().int(), value)).readonly().optional()

/** Segments as columns, as the timeline stores them (docs/timeline.md, Page): 2,400 of them take some 20 KB. */
const segmentColumnsSchema = z
  .object({
    number: z.number().int().openapi({ description: 'of the first segment; each next one is one more' }),
    start: z.number().int().openapi({ description: 'of the first segment; each next one starts at the end' }),
    durations: runsOf(z.number().int()),
    configs: runsOf(z.string()),
    bytes: z.array(z.number().int()).readonly().openapi({ description: 'one a segment' }),
    numbers: rareOf(z.number().int()),
    starts: rareOf(z.number().int()),
    cuts: rareOf(z.number().int()),
    notSync: z.array(z.number().int()).readonly().optional(),
    gaps: rareOf(z.enum(['missing', 'filled'])),
    discontinuities: z.array(z.number().int()).readonly().optional(),
    uris: rareOf(z.string()),
  })
  .openapi('SegmentColumns', {
    description:
      'columns of segments; times count `timescale` of the track, pairs are [count, value] in `durations` and `configs`, else [index, value] of what is rare',
  })

const timelineTrackSchema = z
  .object({
    id: z.string(),
    type: z.string(),
    timescale: z.number().int(),
    language: z.string().optional(),
    name: z.string().optional(),
    roles: z.array(z.string()).readonly(),
    bandwidth: z.object({ peak: z.number(), average: z.number() }),
    trickOf: z
      .string()
      .optional()
      .openapi({ description: 'the picture track whose key frames these are, one a segment' }),
    captions: z
      .array(z.object({ id: z.string(), language: z.string().optional() }))
      .readonly()
      .optional(),
    configs: z.array(
      z
        .looseObject({
          id: z.string(),
          codec: z.string(),
          width: z.number().optional(),
          height: z.number().optional(),
          frameRate: pairOf(z.number(), z.number()).optional(),
          videoRange: z.enum(['SDR', 'HLG', 'PQ']).optional(),
          supplementalCodec: z.string().optional(),
          sampleRate: z.number().optional(),
          channels: z.number().optional(),
          jointObjects: z.number().optional(),
          init: z.string().openapi({ description: 'URL of the init segment' }),
        })
        .openapi('TimelineConfig', { description: 'what a decoder is told; the timeline may say more' }),
    ),
    count: z.number().int().openapi({ description: 'segments of the whole timeline' }),
    media: z.string().openapi({
      description: 'a segment is at `<media><number>.<cut>.m4s`, unless `uris` names another place',
    }),
    segments: segmentColumnsSchema
      .optional()
      .openapi({ description: 'absent where none start in the range' }),
  })
  .openapi('TimelineTrack')

/** The segments of an asset between two times, for drawing. */
export const timelineSchema = z
  .object({
    version: z.string(),
    durationSeconds: z.number(),
    nextSeconds: z
      .number()
      .optional()
      .openapi({ description: 'more segments start from here on: ask again with it as `from`' }),
    tracks: z.array(timelineTrackSchema),
    markers: z.array(
      z.object({
        id: z.string(),
        kind: z.enum(['break', 'programme', 'chapter', 'other']),
        atSeconds: z.number(),
        durationSeconds: z.number().optional(),
      }),
    ),
    clips: z
      .array(z.object({ role: z.string(), fromSeconds: z.number(), toSeconds: z.number() }))
      .openapi({ description: 'what a viewer is shown of it; a film is one clip' }),
  })
  .openapi('Timeline')

/** The largest upload: S3's limit for a multipart upload. */
const largestUploadBytes = 5 * 2 ** 40

/** The schema of an object with one string member, for the document. */
const named = (name: string) => ({
  type: 'object' as const,
  required: [name],
  properties: { [name]: { type: 'string' as const } },
})

/** A file to upload. */
export const uploadRequestSchema = z
  .object({
    fileName: z.string().min(1).max(1024).optional().openapi({
      example: 'Big Buck Bunny.mp4',
      description:
        'names the asset unless `assetId` does; gives the extension. Subtitles and `asset.json` go into the folder of the asset that `assetId` names',
    }),
    assetId: idSchema.optional(),
    folder: z.boolean().optional().openapi({
      description:
        'true: a film or sound goes into the folder of the asset that `assetId` names, too, as one of its several files; `asset.json`, sent last, says which these are',
    }),
    bytes: z.number().int().min(1).max(largestUploadBytes),
    contentType: z
      .string()
      .max(255)
      .regex(/^[\x20-\x7e]*$/)
      .optional(),
  })
  .refine(({ fileName, assetId }) => fileName !== undefined || assetId !== undefined, {
    message: 'give fileName, assetId or both',
  })
  .openapi('UploadRequest', { allOf: [{ anyOf: [named('fileName'), named('assetId')] }] })

const partSchema = z
  .object({
    number: z.number().int().min(1).max(10_000),
    offset: z.number().int(),
    bytes: z.number().int(),
    url: z.string().openapi({ description: 'PUT exactly these bytes here; no header is needed' }),
  })
  .openapi('UploadPart')

/** An upload in progress. */
export const uploadSchema = z
  .object({
    id: z.string(),
    assetId: idSchema,
    key: z.string().openapi({ example: 'vod/big-buck-bunny.mp4' }),
    replaces: z.boolean().openapi({
      description: 'the asset exists: completing this upload makes its next version',
    }),
    bytes: z.number().int(),
    partBytes: z.number().int(),
    partCount: z.number().int(),
    parts: z.array(partSchema),
    urlsExpireAt: z.string(),
  })
  .openapi('Upload')

/** The parts to get URLs for. */
export const partsRequestSchema = z
  .object({ numbers: z.array(z.number().int().min(1).max(10_000)).min(1).max(1000) })
  .openapi('UploadPartsRequest')

/** New part URLs. */
export const partsSchema = z
  .object({ parts: z.array(partSchema), urlsExpireAt: z.string() })
  .openapi('UploadParts')

/** The progress of an upload, to resume it after an interruption. */
export const uploadStateSchema = z
  .object({
    id: z.string(),
    assetId: idSchema,
    key: z.string(),
    bytes: z.number().int(),
    partBytes: z.number().int(),
    partCount: z.number().int(),
    received: z.array(z.object({ number: z.number().int(), bytes: z.number().int() })),
  })
  .openapi('UploadState')

/** A completely uploaded file. */
export const completedSchema = z
  .object({
    assetId: idSchema,
    key: z.string(),
    bytes: z.number().int(),
    versionId: z.string().optional(),
  })
  .openapi('CompletedUpload')

export type Asset = z.infer<typeof assetSchema>
export type AssetDetail = z.infer<typeof assetDetailSchema>
export type AssetDeletion = z.infer<typeof deletionSchema>
export type AssetPage = z.infer<typeof assetPageSchema>
export type Track = z.infer<typeof trackSchema>
export type Timeline = z.infer<typeof timelineSchema>
export type TimelineTrack = z.infer<typeof timelineTrackSchema>
export type UploadRequest = z.infer<typeof uploadRequestSchema>
export type Upload = z.infer<typeof uploadSchema>
export type UploadPart = z.infer<typeof partSchema>
export type UploadParts = z.infer<typeof partsSchema>
export type UploadState = z.infer<typeof uploadStateSchema>
export type CompletedUpload = z.infer<typeof completedSchema>
