/** Keys wrapped and opened by KMS, without the SDK. */
import { jsonCall } from './json-call.ts'

/** What a key is wrapped for: KMS opens it for nothing else. */
export type WrappingContext = Readonly<Record<string, string>>

/** A KMS key that wraps others; what KMS left out of an answer is undefined. */
export interface Wrapping {
  /** 16 random bytes, open and wrapped. */
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

/** The wrapping of a key, by id or ARN. */
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
