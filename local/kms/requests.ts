/** What KMS's requests have in common: binary members, contexts, and the condition keys they set. */
import { type JsonRecord, optionalText, textMap } from '../json-input.ts'
import { AwsFault } from '../service.ts'
import type { EncryptionContext } from './ciphertext.ts'

/** A base64 member of `min` to `max` bytes. */
export function blob(
  input: JsonRecord,
  name: string,
  { min = 1, max }: { readonly min?: number; readonly max: number },
): Buffer {
  const bytes = Buffer.from(optionalText(input, name) ?? '', 'base64')
  if (bytes.length >= min && bytes.length <= max) return bytes
  throw new AwsFault(
    'ValidationException',
    `1 validation error detected: Value at '${name[0]?.toLowerCase()}${name.slice(1)}' failed to satisfy constraint: Member must have length between ${min} and ${max}, got ${bytes.length}`,
  )
}

export const contextOf = (input: JsonRecord, name = 'EncryptionContext'): EncryptionContext =>
  textMap(input, name)

/** Condition keys of an operation with an encryption context. */
export function conditionsOf(
  context: EncryptionContext,
): Readonly<Record<string, string | readonly string[]>> {
  const names = Object.keys(context)
  return {
    ...Object.fromEntries(
      Object.entries(context).map(([name, value]) => [`kms:encryptioncontext:${name.toLowerCase()}`, value]),
    ),
    ...(names.length > 0 && { 'kms:encryptioncontextkeys': names }),
  }
}
