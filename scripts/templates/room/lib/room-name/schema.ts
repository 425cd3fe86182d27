/** What the operator's API takes and gives of room name. */
import { z } from '@hono/zod-openapi'
import { idForm, idWanted } from '../timeline/ids.ts'

const maxNoteLength = 1000
const time = z.string().openapi({ example: '2026-01-31T12:00:00.000Z' })

/** Name of an entry, in its path. */
export const entryIdSchema = z
  .string()
  .regex(idForm, idWanted)
  .openapi({ example: 'first', description: 'of the entry' })

/** What an operator says of an entry. */
export const entryRequestSchema = z
  .object({ note: z.string().max(maxNoteLength).openapi({ example: 'a note' }) })
  .openapi('RoomNameEntryRequest')

/** An entry. */
export const entrySchema = z
  .object({
    id: z.string().openapi({ example: 'first' }),
    note: z.string(),
    updatedAt: time,
    seenAt: time.optional().openapi({ description: 'absent until the queue has told of it' }),
    timeline: z
      .string()
      .optional()
      .openapi({ description: 'the version that plays of the asset with this id, once one was told of' }),
  })
  .openapi('RoomNameEntry')

/** A page of entries, by id. */
export const entryPageSchema = z
  .object({
    entries: z.array(entrySchema),
    next: z.string().optional().openapi({ description: 'pass it as `next` to get the page after this one' }),
  })
  .openapi('RoomNamePage')
