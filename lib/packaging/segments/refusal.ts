/** Requests for media that can't be granted. */
import { HeadendError } from '../../errors.ts'

/** Answered with its own status; what else is thrown names objects and boxes, and is no viewer's fault. */
export class Refusal extends HeadendError {}

/** 404: no timeline, version, track or segment has this path. */
export const unknownMedia = (path: string): Refusal =>
  new Refusal('MEDIA_UNKNOWN', `${path}: there is no such media; ask for the manifest again`, { status: 404 })

/** Whether a stored object was deleted or replaced since its name was read. */
export const isGone = (error: unknown): boolean =>
  error instanceof HeadendError && error.code === 'OBJECT_GONE'
