/** The door of the local Secrets Manager. */
export { createSecrets, type Secrets, type SecretsOptions } from './secrets.ts'
