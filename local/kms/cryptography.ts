/** KMS's operations that use a key. */
import { createPublicKey, randomBytes } from 'node:crypto'
import { type JsonRecord, optionalInteger, optionalText, text } from '../json-input.ts'
import { AwsFault, type Caller } from '../service.ts'
import { type EncryptionContext, keyIdOf, seal, unseal } from './ciphertext.ts'
import type { Keyring } from './keyring.ts'
import {
  algorithmFor,
  algorithmsOf,
  decryptWith,
  encryptWith,
  isMac,
  isSignature,
  macOf,
  pairOf,
  publicKeyOf,
  type Signable,
  signWith,
} from './material.ts'
import { blob, contextOf } from './requests.ts'
import type { KmsKey } from './types.ts'
import type { UsableKeys } from './usable-keys.ts'

export type KmsOperation = (input: JsonRecord, caller: Caller) => Promise<JsonRecord> | JsonRecord

const base64 = (bytes: Buffer): string => bytes.toString('base64')
const symmetric = 'SYMMETRIC_DEFAULT'
const maxMessage = { max: 4096 }
const maxBlob = { max: 6144 }

export function cryptographicOperations(
  keyring: Keyring,
  keys: UsableKeys,
): Readonly<Record<string, KmsOperation>> {
  /** A symmetric key reveals itself by its blob; an asymmetric one has to be named. */
  function open(
    input: JsonRecord,
    use: { readonly caller: Caller; readonly operation: string; readonly context: EncryptionContext },
    names: { readonly key: string; readonly algorithm: string } = {
      key: 'KeyId',
      algorithm: 'EncryptionAlgorithm',
    },
  ) {
    const bytes = blob(input, 'CiphertextBlob', maxBlob)
    const named = optionalText(input, names.key)
    const algorithm = optionalText(input, names.algorithm) ?? symmetric
    const sealer = algorithm === symmetric ? keyIdOf(bytes) : text(input, names.key)
    if (
      named !== undefined &&
      keyring.find(named) !== undefined &&
      keyring.find(named) !== keyring.find(sealer)
    )
      throw new AwsFault(
        'IncorrectKeyException',
        'The key ID in the request does not identify a CMK that can perform this operation.',
      )
    const key = keys.ready({ KeyId: sealer }, { ...use, usage: 'ENCRYPT_DECRYPT' })
    const plaintext =
      algorithm === symmetric
        ? unseal(key, bytes, use.context)
        : decryptWith(key, algorithmFor(key, algorithm), bytes)
    return { key, plaintext, algorithm }
  }

  /** A data key in both forms, by AES_128, AES_256 or a count of bytes. */
  function dataKey(input: JsonRecord, caller: Caller, operation: string) {
    const context = contextOf(input)
    const key = keys.ready(input, { operation, caller, context, usage: 'ENCRYPT_DECRYPT' })
    const spec = optionalText(input, 'KeySpec')
    const bytes = optionalInteger(input, 'NumberOfBytes', { min: 1, max: 1024 })
    if ((spec === undefined) === (bytes === undefined))
      throw new AwsFault('ValidationException', 'Please specify either number of bytes or key spec.')
    if (spec !== undefined && spec !== 'AES_128' && spec !== 'AES_256')
      throw new AwsFault('ValidationException', `KeySpec must be AES_128 or AES_256, got ${spec}`)
    const plaintext = randomBytes(bytes ?? (spec === 'AES_128' ? 16 : 32))
    return { plaintext, answer: { KeyId: key.arn, CiphertextBlob: base64(seal(key, plaintext, context)) } }
  }

  function dataKeyPair(input: JsonRecord, caller: Caller, operation: string) {
    const context = contextOf(input)
    const key = keys.ready(input, { operation, caller, context, usage: 'ENCRYPT_DECRYPT' })
    const spec = text(input, 'KeyPairSpec')
    const pair = pairOf(spec)
    const plaintext = pair.export({ type: 'pkcs8', format: 'der' })
    const publicKey = createPublicKey(pair).export({ type: 'spki', format: 'der' })
    return {
      plaintext,
      answer: {
        KeyId: key.arn,
        KeyPairSpec: spec,
        PublicKey: base64(publicKey),
        PrivateKeyCiphertextBlob: base64(seal(key, plaintext, context)),
      },
    }
  }

  return {
    Encrypt(input, caller) {
      const context = contextOf(input)
      const key = keys.ready(input, { operation: 'Encrypt', caller, context, usage: 'ENCRYPT_DECRYPT' })
      const asked = optionalText(input, 'EncryptionAlgorithm')
      const { algorithm, ...sealed } = close(key, blob(input, 'Plaintext', maxMessage), asked, context)
      return { ...sealed, KeyId: key.arn, EncryptionAlgorithm: algorithm }
    },

    Decrypt(input, caller) {
      const { key, plaintext, algorithm } = open(input, {
        operation: 'Decrypt',
        caller,
        context: contextOf(input),
      })
      return { KeyId: key.arn, Plaintext: base64(plaintext), EncryptionAlgorithm: algorithm }
    },

    ReEncrypt(input, caller) {
      const source = {
        operation: 'ReEncryptFrom',
        caller,
        context: contextOf(input, 'SourceEncryptionContext'),
      }
      const opened = open(input, source, { key: 'SourceKeyId', algorithm: 'SourceEncryptionAlgorithm' })
      const context = contextOf(input, 'DestinationEncryptionContext')
      const use = { operation: 'ReEncryptTo', caller, context, usage: 'ENCRYPT_DECRYPT' } as const
      const key = keys.ready(input, use, 'DestinationKeyId')
      const asked = optionalText(input, 'DestinationEncryptionAlgorithm')
      const { algorithm, ...sealed } = close(key, opened.plaintext, asked, context)
      return {
        ...sealed,
        SourceKeyId: opened.key.arn,
        KeyId: key.arn,
        SourceEncryptionAlgorithm: opened.algorithm,
        DestinationEncryptionAlgorithm: algorithm,
      }
    },

    GenerateDataKey(input, caller) {
      const { plaintext, answer } = dataKey(input, caller, 'GenerateDataKey')
      return { ...answer, Plaintext: base64(plaintext) }
    },
    GenerateDataKeyWithoutPlaintext: (input, caller) =>
      dataKey(input, caller, 'GenerateDataKeyWithoutPlaintext').answer,
    GenerateDataKeyPair(input, caller) {
      const { plaintext, answer } = dataKeyPair(input, caller, 'GenerateDataKeyPair')
      return { ...answer, PrivateKeyPlaintext: base64(plaintext) }
    },
    GenerateDataKeyPairWithoutPlaintext: (input, caller) =>
      dataKeyPair(input, caller, 'GenerateDataKeyPairWithoutPlaintext').answer,

    Sign(input, caller) {
      const key = keys.ready(input, { operation: 'Sign', caller, usage: 'SIGN_VERIFY' })
      const what = signable(input, key)
      return { KeyId: key.arn, Signature: base64(signWith(key, what)), SigningAlgorithm: what.algorithm }
    },

    Verify(input, caller) {
      const key = keys.ready(input, { operation: 'Verify', caller, usage: 'SIGN_VERIFY' })
      const what = signable(input, key)
      if (!isSignature(key, what, blob(input, 'Signature', maxBlob)))
        throw new AwsFault('KMSInvalidSignatureException', '')
      return { KeyId: key.arn, SignatureValid: true, SigningAlgorithm: what.algorithm }
    },

    GetPublicKey(input, caller) {
      const key = keys.ready(input, { operation: 'GetPublicKey', caller })
      if (key.spec === symmetric || key.usage === 'GENERATE_VERIFY_MAC')
        throw new AwsFault('UnsupportedOperationException', `${key.arn} has no public key.`)
      const algorithms = algorithmsOf(key)
      return {
        KeyId: key.arn,
        PublicKey: base64(publicKeyOf(key)),
        CustomerMasterKeySpec: key.spec,
        KeySpec: key.spec,
        KeyUsage: key.usage,
        [key.usage === 'SIGN_VERIFY' ? 'SigningAlgorithms' : 'EncryptionAlgorithms']: algorithms,
      }
    },

    GenerateMac(input, caller) {
      const key = keys.ready(input, { operation: 'GenerateMac', caller, usage: 'GENERATE_VERIFY_MAC' })
      const algorithm = algorithmFor(key, text(input, 'MacAlgorithm'))
      const mac = macOf(key, algorithm, blob(input, 'Message', maxMessage))
      return { KeyId: key.arn, Mac: base64(mac), MacAlgorithm: algorithm }
    },

    VerifyMac(input, caller) {
      const key = keys.ready(input, { operation: 'VerifyMac', caller, usage: 'GENERATE_VERIFY_MAC' })
      const algorithm = algorithmFor(key, text(input, 'MacAlgorithm'))
      const mac = macOf(key, algorithm, blob(input, 'Message', maxMessage))
      if (!isMac(blob(input, 'Mac', maxBlob), mac)) throw new AwsFault('KMSInvalidMacException', '')
      return { KeyId: key.arn, MacValid: true, MacAlgorithm: algorithm }
    },
  }
}

function signable(input: JsonRecord, key: KmsKey): Signable {
  return {
    algorithm: algorithmFor(key, text(input, 'SigningAlgorithm')),
    message: blob(input, 'Message', maxMessage),
    isDigest: optionalText(input, 'MessageType') === 'DIGEST',
  }
}

function close(key: KmsKey, plaintext: Buffer, asked: string | undefined, context: EncryptionContext) {
  const algorithm = algorithmFor(key, asked)
  const bytes =
    algorithm === symmetric ? seal(key, plaintext, context) : encryptWith(key, algorithm, plaintext)
  return { CiphertextBlob: base64(bytes), algorithm }
}
