/** Rights as deployed, over the local cloud: protect, ask for keys and licences, retire; and no key where none belongs. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signedHeaders } from '../../../lib/platform/aws/sigv4.ts'
import { keyFile, newIdentity, opensslMissing } from '../../formats/cpix/openssl.ts'
import { audioKid, request, videoKid } from '../../formats/cpix/requests.ts'
import {
  everyByte,
  type LicenceServer,
  licenceOf,
  startLicenceServer,
} from '../../rights/licences/licence-server.ts'
import type { Resource } from '../assembly.ts'
import { type InProcess, startInProcess } from '../in-process.ts'

let house: InProcess
let server: LicenceServer
/** Every key this run gave out, in hex. */
const keys = new Set<string>()
/** Everything that was answered, but licences and documents of the key server. */
const answered: string[] = []

beforeAll(async () => {
  server = await startLicenceServer()
  house = await startInProcess((resources) => {
    const licence = Object.entries(resources).find(
      ([id, { Type }]) => Type === 'AWS::Lambda::Function' && id.startsWith('RightsLicence'),
    )
    const environment = licence?.[1].Properties['Environment'] as { Variables: Record<string, string> }
    environment.Variables['LICENCE_LOOPBACK'] = 'allowed'
  })
})
afterAll(async () => {
  await house.stop()
  await server.close()
})

async function api(method: string, path: string, body?: unknown): Promise<{ status: number; json: unknown }> {
  const response = await fetch(`${house.outputs['ApiUrl']}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${house.outputs['OperatorToken']}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  answered.push(text)
  return { status: response.status, json: text === '' ? undefined : JSON.parse(text) }
}

const protection = '/v1/assets/film/protection'
const kidsNow = async (): Promise<string[]> => {
  const { json } = await api('GET', `${protection}/keys`)
  return (json as { keys: { kid: string }[] }).keys.map(({ kid }) => kid)
}

async function token(claims: object = {}): Promise<{ token: string; tokenId: string }> {
  const { status, json } = await api('POST', '/v1/tokens', { account: 'a', content: 'vod/film', ...claims })
  expect(status).toBe(201)
  return json as { token: string; tokenId: string }
}

async function clearKey(kids: readonly string[], bearer: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${house.outputs['LicenceUrl']}/clearkey`, {
    method: 'POST',
    headers: { ...headers, authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    body: JSON.stringify({ kids: kids.map((kid) => Buffer.from(kid, 'hex').toString('base64url')) }),
  })
  const json = (await response.json()) as { keys?: { kid: string; k: string }[]; error?: { code: string } }
  for (const { k } of json.keys ?? []) keys.add(Buffer.from(k, 'base64url').toString('hex'))
  return { status: response.status, code: json.error?.code, keys: json.keys ?? [] }
}

const encrypted = {
  mode: 'encrypted',
  schemes: ['cenc', 'cbcs'],
  systems: ['clearkey', 'widevine', 'fairplay'],
}

describe('a film that is protected', () => {
  it('has keys, tokens open them, and both can be taken back', async () => {
    expect((await api('PUT', protection, encrypted)).status).toBe(200)
    const [kid = ''] = await kidsNow()
    const { token: bearer, tokenId } = await token()
    expect((await clearKey([kid], bearer)).keys).toHaveLength(1)
    const foreign = await token({ content: 'vod/other' })
    expect(await clearKey([kid], foreign.token)).toMatchObject({ status: 403, code: 'LICENCE_SYSTEM' })
    expect((await api('DELETE', `/v1/tokens/${tokenId}`)).status).toBe(204)
    expect(await clearKey([kid], bearer)).toMatchObject({ status: 403, code: 'LICENCE_REVOKED' })
  })

  it('opens where its token says, and nowhere else', async () => {
    const [kid = ''] = await kidsNow()
    const { token: bearer } = await token({ regions: ['DE', 'AT'] })
    const inCountry = (country: string) => clearKey([kid], bearer, { 'local-viewer-country': country })
    expect((await inCountry('AT')).keys).toHaveLength(1)
    const refused = { status: 403, code: 'LICENCE_REGION' }
    expect(await inCountry('FR')).toMatchObject(refused)
    expect(await clearKey([kid], bearer, { 'cloudfront-viewer-country': 'AT' })).toMatchObject(refused)
    expect(await clearKey([kid], bearer)).toMatchObject(refused)
  })

  it('has other keys after one call, and the retired one stays for who started before', async () => {
    const [before = ''] = await kidsNow()
    const { status, json } = await api('POST', `${protection}/retire`, { period: 0 })
    expect([status, json]).toEqual([200, expect.objectContaining({ period: 1 })])
    // The same call again is the same retirement.
    expect((await api('POST', `${protection}/retire`, { period: 0 })).json).toMatchObject({ period: 1 })
    const [after = ''] = await kidsNow()
    expect(after).not.toBe(before)
    const { token: bearer } = await token()
    const both = await clearKey([before, after], bearer)
    expect(new Set(both.keys.map(({ k }) => k)).size).toBe(2)
  })

  it('has its Widevine and FairPlay licences from the servers the operator named', async () => {
    const secrets = new SecretsManagerClient({
      endpoint: house.outputs['AwsEndpoint'] ?? '',
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    })
    const servers = {
      widevine: { url: `${server.url}/widevine`, headers: { 'x-customer': 'c' } },
      fairplay: { url: `${server.url}/fairplay`, certificate: everyByte.toString('base64') },
    }
    await secrets.send(
      new PutSecretValueCommand({
        SecretId: house.outputs['LicenceServersSecret'],
        SecretString: JSON.stringify(servers),
      }),
    )
    secrets.destroy()
    const { token: bearer } = await token({ level: 'hardware' })
    // SignedMessage of type SERVICE_CERTIFICATE_REQUEST, which names no key.
    const challenge = Buffer.from('0804', 'hex')
    const response = await fetch(`${house.outputs['LicenceUrl']}/widevine`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/octet-stream' },
      body: challenge,
    })
    expect(response.status).toBe(200)
    expect(Buffer.compare(Buffer.from(await response.arrayBuffer()), licenceOf('/widevine'))).toBe(0)
    expect(Buffer.compare(server.received.at(-1)?.body ?? Buffer.alloc(0), challenge)).toBe(0)
    const certificate = await fetch(`${house.outputs['LicenceUrl']}/fairplay/certificate`)
    expect(Buffer.compare(Buffer.from(await certificate.arrayBuffer()), everyByte)).toBe(0)
  })

  it("shows no page at the console's origin, whatever a licence server answers", async () => {
    for (const path of ['/fairplay/certificate', '/none']) {
      const { headers } = await fetch(`${house.outputs['LicenceUrl']}${path}`)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('content-security-policy')).toMatch(/^sandbox; default-src 'none'/)
    }
  })

  it('is asked for by a page anywhere: the preflight allows it', async () => {
    const response = await fetch(`${house.outputs['LicenceUrl']}/widevine`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://player.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      },
    })
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(response.headers.get('access-control-allow-headers')).toContain('authorization')
  })
})

describe('the key server', () => {
  const body = request({ root: 'contentId="vod/film" version="2.3"' })
  const kept = (xml: string) => {
    const found = [...xml.matchAll(/<pskc:PlainValue>([^<]+)</g)].map(([, key = '']) => key)
    for (const key of found) keys.add(Buffer.from(key, 'base64').toString('hex'))
    return found
  }
  const asked = { 'content-type': 'application/xml', 'x-speke-version': '2.0' }

  it('gives keys to who has the password, and the same to who signs', async () => {
    const basic = await fetch(`${house.outputs['SpekeBasicUrl']}/speke/v2.0/copyProtection`, {
      method: 'POST',
      headers: { ...asked, authorization: house.outputs['SpekeAuthorization'] ?? '' },
      body,
    })
    expect([basic.status, basic.headers.get('x-speke-version')]).toEqual([200, '2.0'])
    const found = kept(await basic.text())
    expect(found).toHaveLength(2)

    const url = new URL(`${house.outputs['SpekeUrl']}/speke/v2.0/copyProtection`)
    const { host: _, ...headers } = signedHeaders(
      { method: 'POST', host: url.host, path: url.pathname, query: '', headers: asked, body },
      {
        service: 'execute-api',
        region: 'us-east-1',
        credentials: { accessKeyId: 'AKIAPACKAGER', secretAccessKey: 'x' },
        nowMs: Date.now(),
      },
    )
    const signed = await fetch(url, { method: 'POST', headers, body })
    expect(signed.status).toBe(200)
    expect(kept(await signed.text())).toEqual(found)
    const { json } = await api('GET', `${protection}/asks`)
    expect((json as { asks: { who: string }[] }).asks.map(({ who }) => who)).toEqual([
      'arn:aws:iam::000000000000:user/AKIAPACKAGER',
      'packager',
    ])
  })

  it('gives keys that our licences hold, too', async () => {
    const { token: bearer } = await token()
    const kids = [videoKid, audioKid].map((kid) => kid.replaceAll('-', ''))
    const { keys: found } = await clearKey(kids, bearer)
    expect(found.map(({ k }) => Buffer.from(k, 'base64url').toString('hex'))).toEqual(
      expect.arrayContaining([...keys].slice(-2)),
    )
  })

  it('has a heartbeat', async () => {
    const response = await fetch(`${house.outputs['SpekeBasicUrl']}/speke/v1.0/heartbeat`, {
      headers: { authorization: house.outputs['SpekeAuthorization'] ?? '' },
    })
    expect(response.status).toBe(200)
  })

  it.each([
    ['SpekeUrl', {}, 403],
    ['SpekeUrl', { authorization: 'Basic cGFja2FnZXI6eA==' }, 403],
    ['SpekeBasicUrl', {}, 401],
    ['SpekeBasicUrl', { authorization: 'Basic cGFja2FnZXI6eA==' }, 401],
  ])('at %s refuses %o', async (output, headers, status) => {
    const response = await fetch(`${house.outputs[output]}/speke/v2.0/copyProtection`, {
      method: 'POST',
      headers: { ...asked, ...headers },
      body,
    })
    answered.push(await response.text())
    expect(response.status).toBe(status)
  })
})

it('`headend token` makes tokens that get licences', async () => {
  const words = ['--account', 'a', '--content', 'vod/film', '--ttl', '1h', '--data-dir', house.dataDir]
  const printed = await command('token', ...words)
  expect(printed).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/)
  expect((await clearKey([(await kidsNow())[0] ?? ''], printed.trim())).status).toBe(200)
})

it.skipIf(opensslMissing !== undefined)(
  '`headend keys` moves keys out to a certificate, and in again',
  async () => {
    const { certificate, key } = newIdentity('rsa:2048')
    const folder = mkdtempSync(join(tmpdir(), 'headend-keys-'))
    const [pem, exported, copied] = ['c.der', 'x.cpix.xml', 'y.cpix.xml'].map((name) => join(folder, name))
    if (pem === undefined || exported === undefined || copied === undefined) throw new Error('expected names')
    writeFileSync(pem, certificate)
    const to = ['--data-dir', house.dataDir]
    try {
      const document = await command('keys', 'export', '--content', 'vod/film', '--recipient', pem, ...to)
      expect(document).not.toContain('PlainValue')
      writeFileSync(exported, document)
      const again = await command('keys', 'import', exported, '--key', keyFile(key), ...to)
      expect(JSON.parse(again)).toEqual({ contentId: 'vod/film', imported: 0, known: expect.any(Number) })
      writeFileSync(copied, document.replace('contentId="vod/film"', 'contentId="vod/copy"'))
      const copy = await command('keys', 'import', copied, '--key', keyFile(key), ...to)
      expect(JSON.parse(copy)).toEqual({ contentId: 'vod/copy', imported: expect.any(Number), known: 0 })
      await expect(command('keys', 'import', exported, ...to)).rejects.toThrow(/KEYS_CLOSED/)
      const other = newIdentity('rsa:2048')
      await expect(command('keys', 'import', exported, '--key', keyFile(other.key), ...to)).rejects.toThrow(
        /CPIX_RECIPIENT/,
      )
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
)

it('no key of the run stands in any file, log or other answer', () => {
  expect(keys.size).toBeGreaterThanOrEqual(4)
  const files = readdirSync(house.dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)))
  expect(files.length).toBeGreaterThan(10)
  const texts = [...files, Buffer.from([...answered, ...house.failures].join('\n'))]
  for (const key of keys)
    for (const form of formsOf(key)) expect(texts.some((bytes) => bytes.includes(form))).toBe(false)
  expect(house.failures).toEqual([])
})

/** What the operator's tool prints; not in this process's own time, as the cloud it talks to is in this process. */
async function command(...words: readonly string[]): Promise<string> {
  const { PATH, NODE_COMPILE_CACHE } = process.env
  const options = { env: { PATH, NODE_COMPILE_CACHE } }
  return (await promisify(execFile)(process.execPath, ['bin/cli.ts', ...words], options)).stdout
}

/** How a key might be written down. */
function formsOf(hex: string): (Buffer | string)[] {
  const bytes = Buffer.from(hex, 'hex')
  const texts = [
    hex,
    hex.toUpperCase(),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
  ]
  return [bytes, ...texts]
}

describe('without its grant', () => {
  type Resources = Record<string, Resource>
  /** Takes `kms:Decrypt` out of one side: the role's policy, or the key's. */
  const withoutDecrypt = (type: string, prefix: string, document: string) => (resources: Resources) => {
    for (const [id, { Type, Properties }] of Object.entries(resources)) {
      if (Type !== type || !id.startsWith(prefix)) continue
      const policy = Properties[document] as { Statement: { Action: string | string[] }[] }
      policy.Statement = policy.Statement.filter(({ Action }) => ![Action].flat().includes('kms:Decrypt'))
    }
  }

  it.each([
    ['the role may not decrypt', withoutDecrypt('AWS::IAM::Policy', 'RightsLicenceRole', 'PolicyDocument')],
    ['the key names nobody', withoutDecrypt('AWS::KMS::Key', 'RightsContentKeys', 'KeyPolicy')],
  ])('%s, KMS refuses and players get no licence', async (_, change) => {
    const first = house
    house = await startInProcess(change)
    try {
      await api('PUT', protection, encrypted)
      const { token: bearer } = await token()
      const answer = await clearKey([(await kidsNow())[0] ?? ''], bearer)
      expect(answer).toMatchObject({ status: 500, code: 'INTERNAL_ERROR' })
      const logs = join(house.dataDir, 'logs')
      const logged = () =>
        readdirSync(logs, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
          .join('')
      await expect.poll(logged, { timeout: 10_000 }).toMatch(/not authorized to perform: kms:Decrypt/)
    } finally {
      await house.stop()
      house = first
    }
  })
})
