/** What whoever uploaded a film does about its fault, where the finder of the fault knew no more of it. */
import { type ErrorEntry, writeAnew } from '../../errors/area.ts'
import { boxes } from '../../errors/boxes.ts'
import { films } from '../../errors/films.ts'
import { texts } from '../../errors/texts.ts'
import type { ErrorCode } from '../../errors.ts'

const ofFiles: Readonly<Partial<Record<ErrorCode, ErrorEntry>>> = { ...films, ...boxes, ...texts }

/** The advice of the table as a clause for the end of an error's message. */
export function assetAdvice(code: ErrorCode): string {
  const { advice } = ofFiles[code] ?? writeAnew
  return advice.charAt(0).toLowerCase() + advice.slice(1, -1)
}
