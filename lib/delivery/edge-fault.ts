/**
 * Reports why the edge function passed a request on: logs and metrics of the edge are spread over the world's regions.
 */
import { HeadendError } from '../errors.ts'

/**
 * Carries the reason from the edge to the regional function, whose log is in one place; viewer headers do not reach it.
 */
export const edgeFaultHeader = 'x-headend-edge-fault'

/** The reason as a short header value; the edge's own log has the details. */
export const edgeFaultOf = (error: unknown): string =>
  error instanceof HeadendError ? error.code : 'UNKNOWN'
