/** What a licence answer says, in whatever form a player hands it on. */

/** `LICENCE_EXPIRED: the permission to play has expired`: what a licence answer says, as text, bytes or read already. */
export function refusalIn(answer: unknown): string | undefined {
  try {
    const error = memberOf(isText(answer) ? JSON.parse(textOf(answer)) : answer, 'error')
    const code = memberOf(error, 'code')
    return typeof code === 'string' ? `${code}: ${String(memberOf(error, 'message'))}` : undefined
  } catch {
    // Whatever else an answer is, it says nothing.
    return undefined
  }
}

const isText = (answer: unknown): answer is string | ArrayBuffer =>
  typeof answer === 'string' || answer instanceof ArrayBuffer

const textOf = (answer: string | ArrayBuffer): string =>
  typeof answer === 'string' ? answer : new TextDecoder().decode(answer)

/** A member of what may be an object. */
export const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
