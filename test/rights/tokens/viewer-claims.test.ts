/** Whose request for a licence it is, while signing keys change and forged tokens come. */
import { beforeEach, describe, expect, it } from 'vitest'
import { cached } from '../../../lib/platform/cache.ts'
import { claimsOf } from '../../../lib/rights/licences/viewer-claims.ts'
import { mintPlaybackToken, type PlaybackClaims } from '../../../lib/rights/tokens/playback-token.ts'

const [oldText, newText] = ['o'.repeat(64), 'n'.repeat(64)]
const claims: PlaybackClaims = {
  tokenId: 'id-1',
  account: 'account-1',
  content: 'vod/film',
  level: 'clearkey',
  issuedEpochSeconds: 1_800_000_000,
  expiresEpochSeconds: 1_800_003_600,
}
const refused = { code: 'TOKEN_INVALID', status: 401 }

let nowMs: number
let secret: readonly string[]
let reads: number
let ask: (token: string) => Promise<PlaybackClaims>

beforeEach(() => {
  nowMs = 0
  reads = 0
  secret = [oldText]
  const keyTexts = cached(
    300_000,
    () => nowMs,
    () => {
      reads += 1
      return Promise.resolve(secret)
    },
  )
  ask = (token) => claimsOf({ keyTexts }, { headers: { authorization: `Bearer ${token}` }, query: undefined })
})

describe('a token', () => {
  it('of a key that was changed is let in once the keys that are kept are 30 s old', async () => {
    const [before, after] = [
      await mintPlaybackToken(oldText, claims),
      await mintPlaybackToken(newText, claims),
    ]
    expect(await ask(before)).toEqual(claims)
    secret = [newText, oldText]
    nowMs = 29_999
    await expect(ask(after)).rejects.toMatchObject(refused)
    nowMs = 30_000
    expect(await ask(after)).toEqual(claims)
    expect(await ask(before)).toEqual(claims)
    expect(reads).toBe(2)
  })

  it('that is forged has the secret read once in 30 s, however many come', async () => {
    const forged = await mintPlaybackToken('f'.repeat(64), claims)
    for (nowMs = 0; nowMs < 120_000; nowMs += 1000) await expect(ask(forged)).rejects.toMatchObject(refused)
    expect(reads).toBe(4)
  })
})
