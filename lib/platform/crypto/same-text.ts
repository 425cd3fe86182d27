/** Constant-time comparison of texts, also of different lengths. */
import { createHash, timingSafeEqual } from 'node:crypto'

/** True if the text sent equals the secret. */
export function isSameText(sent: string, secret: string): boolean {
  const [a, b] = [sent, secret].map((text) => createHash('sha256').update(text).digest())
  return a !== undefined && b !== undefined && timingSafeEqual(a, b)
}
