/**
 * Maps errors to answers, the same at every entry point: a 4xx as it is, "try again" with the time, and for all else
 * only that it is not the caller's fault.
 */
import { type ErrorFields, HeadendError } from '../../errors.ts'

/** The wording of error answers at one entry point, and its deviations from the default. */
export interface ErrorDoor<Answer> {
  readonly say: (error: HeadendError) => Answer
  /** Called for every error that is not a refusal. */
  readonly log: (error: unknown) => void
  /** The answer in place of an internal error. @default INTERNAL_ERROR */
  readonly otherwise?: ErrorFields
  /** Which errors below 500 count as refusals. @default all */
  readonly refuses?: (error: HeadendError) => boolean
  /** True if 502 and 504 are passed on: for a licence server's, its owner must act. @default false */
  readonly saysUpstream?: boolean
}

/** Runs a request handler; an error it throws becomes an answer, too. */
export async function answered<Answer>(
  work: () => Promise<Answer>,
  door: ErrorDoor<Answer>,
): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    return errorResponse(error, door)
  }
}

/** The answer to an error. */
export function errorResponse<Answer>(
  error: unknown,
  { say, log, otherwise = ourFault, refuses = () => true, saysUpstream = false }: ErrorDoor<Answer>,
): Answer {
  if (isRefusal(error) && refuses(error)) return say(error)
  log(error)
  const isSaid =
    error instanceof HeadendError && (error.status === 503 || (saysUpstream && error.status > 500))
  return say(isSaid ? error : new HeadendError(...otherwise))
}

const ourFault: ErrorFields = [
  'INTERNAL_ERROR',
  'this is our fault, and it was logged; try again',
  { status: 500 },
]

/** True if the error is the caller's to fix. */
export const isRefusal = (error: unknown): error is HeadendError =>
  error instanceof HeadendError && error.status < 500

/** A JSON error body. */
export const errorJson = ({ code, message }: Pick<HeadendError, 'code' | 'message'>): string =>
  JSON.stringify({ error: { code, message } })

/** Headers for an error status at every entry point; `challenge` is that of 401, by default for a bearer token. */
export const errorHeaders = (
  { status, code }: Pick<HeadendError, 'status' | 'code'>,
  challenge = `Bearer error="${code === 'TOKEN_MISSING' ? 'invalid_request' : 'invalid_token'}"`,
): Readonly<Record<string, string>> => ({
  ...(status === 503 && { 'retry-after': '1' }),
  ...(status === 401 && { 'www-authenticate': challenge }),
})
