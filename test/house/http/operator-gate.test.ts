/** The gate before the operator's API, over the local cloud: a flood of strangers costs little and keeps no operator out. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mintOperatorToken, verifyOperatorToken } from '../../../lib/platform/operator/operator-token.ts'
import { type InProcess, startInProcess } from '../in-process.ts'
import { askApi } from '../operator-api.ts'

let house: InProcess
beforeAll(async () => {
  house = await startInProcess()
})
afterAll(() => house?.stop())

/** Invocations so far of the API and of its gate. */
function runs(): { readonly api: number; readonly gate: number } {
  const counted = (name: string) => {
    const found = Object.entries(house.cloud.functions()).filter(([id]) => id.includes(name))
    expect(found).toHaveLength(1)
    return found[0]?.[1].invocations ?? 0
  }
  return { api: counted('CatalogueApi'), gate: counted('CatalogueGate') }
}

const ask = async (authorization?: string) =>
  (
    await fetch(`${house.outputs['ApiUrl']}/v1/assets`, {
      headers: authorization === undefined ? {} : { authorization },
    })
  ).status

/** Asks so often, some at once, and an operator among them; gives what strangers were answered. */
async function flood(count: number, saying: (index: number) => string | undefined): Promise<Set<number>> {
  const answers = new Set<number>()
  for (let from = 0; from < count; from += 50) {
    const strangers = Array.from({ length: Math.min(50, count - from) }, (_, i) => ask(saying(from + i)))
    expect((await askApi(house, 'GET', '/v1/assets')).status).toBe(200)
    for (const status of await Promise.all(strangers)) answers.add(status)
  }
  return answers
}

describe('a thousand requests of strangers keep no operator out', () => {
  it('and run nothing where they bring no token', async () => {
    await askApi(house, 'GET', '/v1/assets')
    const before = runs()
    expect(await flood(600, () => undefined)).toEqual(new Set([401]))
    expect(runs()).toEqual({ api: before.api + 12, gate: before.gate })
  })

  it('and run the gate once where they bring the same', async () => {
    expect(await ask('nonsense')).toBe(403)
    const before = runs()
    expect(await flood(300, () => 'nonsense')).toEqual(new Set([403]))
    expect(runs()).toEqual({ api: before.api + 6, gate: before.gate })
  })

  it('and never the API where each brings another', async () => {
    const now = new Date()
    const tokens = await Promise.all(
      Array.from({ length: 100 }, (_, i) => mintOperatorToken(`${i}`.padStart(64, 'f'), { now })),
    )
    const before = runs()
    expect(await flood(100, (index) => `Bearer ${tokens[index]}`)).toEqual(new Set([403]))
    expect(runs()).toEqual({ api: before.api + 2, gate: before.gate + 100 })
  })
})

describe('the API', () => {
  it('says itself that a token has expired', async () => {
    const token = await mintOperatorToken(await operatorKey(), { now: new Date(0) })
    const response = await fetch(`${house.outputs['ApiUrl']}/v1/assets`, {
      headers: { authorization: `Bearer ${token}` },
    })
    expect([response.status, await response.json()]).toMatchObject([
      401,
      { error: { code: 'TOKEN_EXPIRED' } },
    ])
  })

  it('answers preflights and what is open without a token', async () => {
    const preflight = await fetch(`${house.outputs['ApiUrl']}/v1/assets`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://console.example',
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'authorization,content-type',
      },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization')
    for (const path of ['/health', '/openapi.json'])
      expect((await fetch(`${house.outputs['ApiUrl']}${path}`)).status).toBe(200)
  })
})

describe('headend token --role operator --new-key', () => {
  it('ends the tokens of the key before, and prints one of the new key', async () => {
    const before = await operatorKey()
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['bin/cli.ts', 'token', '--role', 'operator', '--subject', 'anna', '--new-key'],
      {
        env: {
          ...process.env,
          AWS_ENDPOINT_URL: house.outputs['AwsEndpoint'] ?? '',
          AWS_ACCESS_KEY_ID: 'test',
          AWS_SECRET_ACCESS_KEY: 'test',
        },
      },
    )
    const after = await operatorKey()
    expect(after).not.toBe(before)
    expect(await verifyOperatorToken(after, stdout.trim())).toMatchObject({ subject: 'anna' })
    await expect(verifyOperatorToken(before, stdout.trim())).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
  })
})

async function operatorKey(): Promise<string> {
  const secrets = new SecretsManagerClient({
    endpoint: house.outputs['AwsEndpoint'] ?? '',
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
  const { SecretString = '{}' } = await secrets.send(
    new GetSecretValueCommand({ SecretId: house.outputs['OperatorSecret'] }),
  )
  secrets.destroy()
  return (JSON.parse(SecretString) as { key: string }).key
}

it.each(['film%3F', 'film%253F', 'film%2F', 'film'])(
  'what is left of the path to %s is the id of no session and of no token',
  async (sent) => {
    for (const kind of ['sessions', 'tokens']) {
      const { status } = await askApi(house, 'DELETE', `/v1/${kind}/${sent}`)
      expect([400, 404]).toContain(status)
    }
  },
)
