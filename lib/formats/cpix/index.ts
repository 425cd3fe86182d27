/** The public interface of CPIX and SPEKE, which is CPIX over HTTP. */
export {
  type CpixAnswers,
  completeCpix,
  type DeliveryAnswer,
  type KeyAnswer,
  type SystemAnswer,
} from './complete-cpix.ts'
export { type AesJob, type CpixCrypto, METHOD, type Unwrap } from './crypto.ts'
export { decryptKeys, type Recipient } from './decrypt-keys.ts'
export { type EncryptedKeys, type EncryptionJob, encryptKeys } from './encrypt-keys.ts'
export type * from './model.ts'
export { printCpix } from './print-cpix.ts'
export { CPIX_LIMITS, type CpixDocument, readCpix, writeCpix } from './read-cpix.ts'
export { type CpixSignature, signaturesOf } from './signatures.ts'
export { answerSpeke, type SpekeAnswer, type SpekeKeyFacts } from './speke-answer.ts'
export {
  readSpekeRequest,
  type SpekeKey,
  type SpekeRequest,
  type SpekeVerdict,
} from './speke-request.ts'
export {
  type SpekeProblem,
  type SpekeVersion,
  spekeVersionOf,
  unsupportedSpekeVersion,
} from './speke-rules.ts'
export type { SignalingFacts } from './speke-systems.ts'
export { kidFor, type UsageContext } from './usage.ts'
export { type SignatureCrypto, type VerifiedSignature, verifySignatures } from './verify-signatures.ts'
