/**
 * What whoever asked is told of an error, the same at every door: a refusal as it is, "try again" with when, and of all
 * else no more than that it is not their fault.
 */
import { type ErrorFields, HeadendError } from '../../errors.ts'

/** How a door words what is told, and where it differs from others. */
export interface ErrorDoor<Answer> {
  readonly say: (error: HeadendError) => Answer
  /** Told of every error that is no refusal. */
  readonly log: (error: unknown) => void
  /** Said instead of what is for the log alone. @default INTERNAL_ERROR */
  readonly otherwise?: ErrorFields
  /** Which errors below 500 are refusals here. @default all */
  readonly refuses?: (error: HeadendError) => boolean
  /** Whether 502 and 504 are said as they are: those of a licence server are its owner's to mend. @default false */
  readonly saysUpstream?: boolean
}

/** Does what answers a request; what it throws is answered, too. */
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

/** The answer to what was thrown. */
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

/** Whether it is for whoever asked to mend. */
export const isRefusal = (error: unknown): error is HeadendError =>
  error instanceof HeadendError && error.status < 500

/** The body of an error where bodies are JSON. */
export const errorJson = ({ code, message }: Pick<HeadendError, 'code' | 'message'>): string =>
  JSON.stringify({ error: { code, message } })

/** Headers that go with a status at every door; `challenge` is what 401 asks for, a bearer's token where it is absent. */
export const errorHeaders = (
  { status, code }: Pick<HeadendError, 'status' | 'code'>,
  challenge = `Bearer error="${code === 'TOKEN_MISSING' ? 'invalid_request' : 'invalid_token'}"`,
): Readonly<Record<string, string>> => ({
  ...(status === 503 && { 'retry-after': '1' }),
  ...(status === 401 && { 'www-authenticate': challenge }),
})
