/** The door of the local KMS. */
export { createKms, type Kms, type KmsOptions } from './kms.ts'
