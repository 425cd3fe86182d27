/** What the edge function could not make it hands on, and says why: logs and metrics of the edge lie all over the world. */
import { HeadendError } from '../errors.ts'

/** Carries the reason from the edge to the regional function, whose log is in one place; no viewer's header comes so far. */
export const edgeFaultHeader = 'x-headend-edge-fault'

/** A reason as short as a header's value; the edge's own log has the rest. */
export const edgeFaultOf = (error: unknown): string =>
  error instanceof HeadendError ? error.code : 'UNKNOWN'
