/** Wraps and unwraps keys with KMS, without the SDK. */
import { jsonCall } from './json-call.ts'

/** The encryption context of a wrapped key: KMS unwraps it for no other. */
export type WrappingContext = Readonly<Record<string, string>>

/** A KMS key that wraps other keys; members missing from KMS's answer are undefined. */
export interface Wrapping {
  /** 16 random bytes, in plaintext and wrapped. */
  generate(
    context: WrappingContext,
  ): Promise<{ readonly plain: Uint8Array | undefined; readonly wrapped: Uint8Array | undefined }>
  wrap(plain: Uint8Array, context: WrappingContext): Promise<Uint8Array | undefined>
  unwrap(wrapped: Uint8Array, context: WrappingContext): Promise<Uint8Array | undefined>
}

interface Answer {
  readonly Plaintext?: string
  readonly CiphertextBlob?: string
}

/** Wrapping by a KMS key, given its id or ARN. */
export function kmsWrapping(KeyId: string): Wrapping {
  const call = async (action: string, EncryptionContext: WrappingContext, input: object) =>
    (await jsonCall({ service: 'kms', action }, { KeyId, EncryptionContext, ...input })) as Answer
  return {
    async generate(context) {
      const { Plaintext, CiphertextBlob } = await call('GenerateDataKey', context, { KeySpec: 'AES_128' })
      return { plain: bytesOf(Plaintext), wrapped: bytesOf(CiphertextBlob) }
    },
    async wrap(plain, context) {
      return bytesOf((await call('Encrypt', context, { Plaintext: textOf(plain) })).CiphertextBlob)
    },
    async unwrap(wrapped, context) {
      return bytesOf((await call('Decrypt', context, { CiphertextBlob: textOf(wrapped) })).Plaintext)
    },
  }
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

const bytesOf = (text: string | undefined): Uint8Array | undefined =>
  text === undefined ? undefined : Uint8Array.from(Buffer.from(text, 'base64'))
