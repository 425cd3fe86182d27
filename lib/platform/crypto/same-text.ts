/** Comparison that takes the same time wherever two texts differ, also in length. */
import { createHash, timingSafeEqual } from 'node:crypto'

/** Whether what somebody sent is the secret. */
export function isSameText(sent: string, secret: string): boolean {
  const [a, b] = [sent, secret].map((text) => createHash('sha256').update(text).digest())
  return a !== undefined && b !== undefined && timingSafeEqual(a, b)
}
