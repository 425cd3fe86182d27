/** What room name keeps of an entry, and what becomes of it: rules alone. */
import * as z from 'zod'
import { HeadendError } from '../errors.ts'
import { idForm } from '../timeline/ids.ts'

/** An entry as it is stored. */
export interface RoomNameEntry {
  readonly id: string
  readonly note: string
  /** One more with each change: whoever changes it says which one was read. */
  readonly revision: number
  /** When its note was last set. */
  readonly updatedAtMs: number
  /** Undefined until the queue has told of it. */
  readonly seenAtMs?: number | undefined
  /** The timeline that plays of the asset with this id; undefined until the event bus has told of one. */
  readonly timeline?: string | undefined
  /** Sequence of the event that told of it. */
  readonly heard?: string | undefined
}

/** What a message of the queue says. */
export type Seen = z.infer<typeof seenSchema>

/** The last that a date can say. */
const maxTimeMs = 8_640_000_000_000_000

const seenSchema = z.object({
  id: z.string().regex(idForm),
  seenAtMs: z.number().int().min(0).max(maxTimeMs),
})

/** The entry with this note; a new one where there was none before. */
export const withNote = (
  before: RoomNameEntry | undefined,
  { id, note, nowMs }: { readonly id: string; readonly note: string; readonly nowMs: number },
): RoomNameEntry => ({
  ...before,
  id,
  note,
  revision: (before?.revision ?? 0) + 1,
  updatedAtMs: nowMs,
})

/**
 * The entry after it was seen; undefined where that says nothing new. Messages come twice, late and in any order: the
 * latest time stays, whichever came last.
 */
export function afterSeen(before: RoomNameEntry, { seenAtMs }: Seen): RoomNameEntry | undefined {
  if (before.seenAtMs !== undefined && before.seenAtMs >= seenAtMs) return undefined
  return { ...before, seenAtMs, revision: before.revision + 1 }
}

/**
 * The entry after another room told which timeline plays; undefined where that says nothing new. Events come twice, late
 * and in any order: the one with the greatest sequence stays.
 */
export function afterReady(
  before: RoomNameEntry,
  { timeline, sequence }: { readonly timeline: string; readonly sequence: string },
): RoomNameEntry | undefined {
  if (before.heard !== undefined && before.heard >= sequence) return undefined
  return { ...before, timeline, heard: sequence, revision: before.revision + 1 }
}

/** What a message says; throws ROOM_NAME_MESSAGE where it says nothing this room knows. */
export function parseSeen(body: string): Seen {
  const parsed = seenSchema.safeParse(jsonOf(body))
  if (parsed.success) return parsed.data
  const { path, message } = parsed.error.issues[0] ?? { path: [], message: 'unknown' }
  throw new HeadendError('ROOM_NAME_MESSAGE', `message: ${path.join('.') || 'body'}: ${message}`)
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
