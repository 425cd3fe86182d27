/** Refused media requests. */
import { HeadendError } from '../../errors.ts'

/** An error answered with its own status; other errors name objects and boxes, and are not the viewer's. */
export class Refusal extends HeadendError {}

/** 404: no timeline, version, track or segment has this path. */
export const unknownMedia = (path: string): Refusal =>
  new Refusal('MEDIA_UNKNOWN', `${path}: no such media; ask for the manifest again`, { status: 404 })

/** Whether a stored object was deleted or replaced since its name was read. */
export const isGone = (error: unknown): boolean =>
  error instanceof HeadendError && error.code === 'OBJECT_GONE'
