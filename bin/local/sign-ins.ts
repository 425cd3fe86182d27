/** What the person at this machine signs in with, put out beside the template's own outputs. */
import { mintOperatorToken } from '../../lib/platform/operator/operator-token.ts'
import type { SecretOutput } from '../../local/secret-outputs.ts'

/** The operator's token of the console and the API, and the password of packagers that ask for keys. */
export const signIns: readonly SecretOutput[] = [
  {
    output: 'OperatorToken',
    variable: 'OPERATOR_SECRET',
    valueOf: (member) => mintOperatorToken(member('key'), { now: new Date() }),
  },
  {
    output: 'SpekeAuthorization',
    variable: 'SPEKE_SECRET',
    valueOf: (member) =>
      `Basic ${Buffer.from(`${member('username')}:${member('password')}`).toString('base64')}`,
  },
]
