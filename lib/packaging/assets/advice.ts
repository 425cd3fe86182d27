/** Default advice to uploaders by error code, used where the code that found the error gave none. */
import { type ErrorEntry, writeAnew } from '../../errors/area.ts'
import { boxes } from '../../errors/boxes.ts'
import { films } from '../../errors/films.ts'
import { texts } from '../../errors/texts.ts'
import type { ErrorCode } from '../../errors.ts'

const ofFiles: Readonly<Partial<Record<ErrorCode, ErrorEntry>>> = { ...films, ...boxes, ...texts }

/** The advice for a code as a clause to append to an error message. */
export function assetAdvice(code: ErrorCode): string {
  const { advice } = ofFiles[code] ?? writeAnew
  return advice.charAt(0).toLowerCase() + advice.slice(1, -1)
}
