/** Keys and licences over HTTP from the headend `npm start` runs: what one asker waits, the local table and KMS included. */
import { randomUUID } from 'node:crypto'
import { key, request, rule, system } from '../test/formats/cpix/requests.ts'
import { startHeadend } from '../test/house/headend.ts'
import { percentile, type Result } from './measure.ts'

const rounds = 200

export async function keyServer(): Promise<Result[]> {
  const headend = await startHeadend({ empty: true })
  const { outputs } = headend
  try {
    const results: Result[] = []
    for (const count of [1, 20]) {
      const kids = Array.from({ length: count }, () => randomUUID())
      const asked = await speke(outputs, kids)
      results.push(
        await measured(`SPEKE 2.0, ${count} ${count === 1 ? 'key' : 'keys'} that are there`, asked),
      )
    }
    results.push(await measured('Clear Key licence', await licence(outputs)))
    return results
  } finally {
    await headend.stop()
  }
}

async function measured(what: string, ask: () => Promise<void>): Promise<Result> {
  for (let i = 0; i < 20; i++) await ask()
  const all: number[] = []
  for (let i = 0; i < rounds; i++) {
    const start = performance.now()
    await ask()
    all.push(performance.now() - start)
  }
  return {
    bench: 'key server',
    case: what,
    unit: 'ms',
    p50: percentile(all, 0.5),
    p99: percentile(all, 0.99),
    note: 'local table and KMS in the same process',
  }
}

type Outputs = Readonly<Record<string, string>>

async function speke(outputs: Outputs, kids: readonly string[]): Promise<() => Promise<void>> {
  const both = '<cpix:VideoFilter/><cpix:AudioFilter/>'
  const rules = kids.map((kid, i) =>
    kids.length === 1 ? rule(kid, 'ALL', both) : rule(kid, `TRACK${i}`, '<cpix:VideoFilter/>'),
  )
  const body = request({
    root: 'contentId="bench" version="2.3"',
    keys: kids.map((kid) => key(kid)).join(''),
    systems: kids.map((kid) => system(kid)).join(''),
    rules: rules.join(''),
  })
  return () =>
    answered(`${outputs['SpekeBasicUrl']}/speke/v2.0/copyProtection`, {
      method: 'POST',
      headers: {
        authorization: outputs['SpekeAuthorization'] ?? '',
        'x-speke-version': '2.0',
        'content-type': 'application/xml',
      },
      body,
    })
}

async function licence(outputs: Outputs): Promise<() => Promise<void>> {
  const headers = {
    authorization: `Bearer ${outputs['OperatorToken']}`,
    'content-type': 'application/json',
  }
  const api = async (method: string, path: string, body?: object) => {
    const response = await fetch(`${outputs['ApiUrl']}${path}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return response.json() as Promise<{ token?: string; keys?: { kid: string }[] }>
  }
  const policy = { mode: 'encrypted', schemes: ['cenc'], systems: ['clearkey'] }
  await api('PUT', '/v1/assets/bench/protection', policy)
  const { keys = [] } = await api('GET', '/v1/assets/bench/protection/keys')
  const { token = '' } = await api('POST', '/v1/tokens', { account: 'a', content: 'vod/bench' })
  const kids = keys.map(({ kid }) => Buffer.from(kid, 'hex').toString('base64url'))
  return () =>
    answered(`${outputs['LicenceUrl']}/clearkey`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ kids }),
    })
}

async function answered(url: string, init: RequestInit): Promise<void> {
  const response = await fetch(url, init)
  const text = await response.text()
  if (!response.ok) throw new Error(`${url}: ${response.status} ${text.slice(0, 300)}`)
}
