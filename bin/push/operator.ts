/** The operator's token for commands that talk to the API for hours. */
import { keyTexts } from '../../lib/platform/aws/key-texts.ts'
import { askAsPerson } from '../../lib/platform/aws/secrets-client.ts'
import { mintOperatorToken } from '../../lib/platform/operator/operator-token.ts'

const lifetimeSeconds = 3600
/** Made anew before it ends, and soon behind a new key. */
const keptMs = 600_000

/** Gives a token that is valid for some minutes at least; the secret is read when one has to be made. */
export function operatorTokens(secretId: string, now: () => number): () => Promise<string> {
  let kept: { readonly token: Promise<string>; readonly untilMs: number } | undefined
  const minted = async (): Promise<string> => {
    const [key = ''] = await keyTexts(secretId, askAsPerson)
    return mintOperatorToken(key, { now: new Date(now()), lifetimeSeconds })
  }
  return () => {
    if (kept === undefined || now() >= kept.untilMs) {
      const token = minted()
      kept = { token, untilMs: now() + keptMs }
      // What could not be read now is asked for again.
      token.catch(() => (kept = undefined))
    }
    return kept.token
  }
}
