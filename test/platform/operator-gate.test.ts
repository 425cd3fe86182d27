/** Who is let in to the operator's API, and for how long a key is good that was changed. */
import { describe, expect, it } from 'vitest'
import { HeadendError } from '../../lib/errors.ts'
import { answerGate, verifyWithKeptKey } from '../../lib/platform/operator/operator-gate.ts'
import { mintOperatorToken, verifyOperatorToken } from '../../lib/platform/operator/operator-token.ts'

const start = Date.UTC(2026, 5, 1)
const keyOf = (letter: string) => letter.repeat(64)

function house() {
  const state = { nowMs: start, key: keyOf('a'), reads: 0 }
  const verify = verifyWithKeptKey(() => Promise.resolve((state.reads++, state.key)), {
    verify: (key, token) => verifyOperatorToken(key, token, new Date(state.nowMs)),
    now: () => state.nowMs,
  })
  const tokenOf = (letter: string, lifetimeSeconds = 3600) =>
    mintOperatorToken(keyOf(letter), { now: new Date(state.nowMs), lifetimeSeconds })
  return { state, verify, tokenOf }
}

describe('a key that was changed', () => {
  it('opens nothing a minute later, although it is kept', async () => {
    const { state, verify, tokenOf } = house()
    const leaked = await tokenOf('a')
    expect(await verify(leaked)).toMatchObject({ subject: 'operator' })
    state.key = keyOf('b')
    state.nowMs += 60_000
    await expect(verify(leaked)).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
  })

  it('gives way at once to a token of the new one, and is not asked for by every bad token', async () => {
    const { state, verify, tokenOf } = house()
    await verify(await tokenOf('a'))
    state.key = keyOf('b')
    state.nowMs += 6_000
    await verify(await tokenOf('b'))
    const bad = await tokenOf('c')
    for (let i = 0; i < 100; i++) await expect(verify(bad)).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
    expect(state.reads).toBe(2)
  })

  it('is read again after a read that failed', async () => {
    const { state, tokenOf } = house()
    let reads = 0
    const verify = verifyWithKeptKey(
      () => (reads++ === 0 ? Promise.reject(new Error('throttled')) : Promise.resolve(keyOf('a'))),
      { verify: (key, token) => verifyOperatorToken(key, token, new Date(state.nowMs)), now: () => start },
    )
    const token = await tokenOf('a')
    await expect(verify(token)).rejects.toThrow('throttled')
    expect(await verify(token)).toMatchObject({ subject: 'operator' })
  })
})

describe('the gate', () => {
  it('opens for an operator, and for nobody else', async () => {
    const { verify, tokenOf } = house()
    expect(await answerGate(verify, `Bearer ${await tokenOf('a')}`)).toEqual({ isAuthorized: true })
    for (const said of [undefined, '', 'Basic eDp5', 'Bearer', 'Bearer x', `Bearer ${await tokenOf('b')}`])
      expect(await answerGate(verify, said)).toEqual({ isAuthorized: false })
  })

  it('leaves it to the API to say that a token has expired', async () => {
    const { state, verify, tokenOf } = house()
    const token = await tokenOf('a', 60)
    state.nowMs += 61_000
    expect(await answerGate(verify, `Bearer ${token}`)).toEqual({ isAuthorized: true })
    await expect(verify(token)).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' })
  })

  it('says nothing where the key cannot be read', async () => {
    const broken = () => Promise.reject(new HeadendError('SECRET_KEY', 'none', { status: 500 }))
    await expect(answerGate(broken, 'Bearer x')).rejects.toMatchObject({ code: 'SECRET_KEY' })
  })
})
