/** What reading a policy needs beside JSON: lists that may stand without brackets, and the refusal. */
import { LocalError } from '../errors.ts'

/** IAM lets every list of one stand without its brackets. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}

/** A policy AWS would refuse to create. */
export function broken(where: string, expected: string, got: unknown): LocalError {
  return new LocalError(
    'IAM_POLICY_MALFORMED',
    `${where}: expected ${expected}, got ${JSON.stringify(got)?.slice(0, 120)}`,
  )
}
