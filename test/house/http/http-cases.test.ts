/** Every request of the corpus that broke servers, asked of a whole headend: each is answered as is right. */
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { corpusMissing } from '../../judges/corpus.ts'
import { type LicenceServer, startLicenceServer } from '../../rights/licences/licence-server.ts'
import { ffmpegMissing } from '../ffmpeg.ts'
import { type InProcess, startInProcess } from '../in-process.ts'
import { ask, type HttpCase, httpCases, type Names, prepare } from './http-cases.ts'

const missing = corpusMissing ?? ffmpegMissing

describe.skipIf(missing !== undefined)(`requests that broke servers${missing ? ` (${missing})` : ''}`, () => {
  let house: InProcess
  let server: LicenceServer
  beforeAll(async () => {
    server = await startLicenceServer()
    house = await startInProcess((resources) => {
      for (const [id, { Type, Properties }] of Object.entries(resources)) {
        if (Type !== 'AWS::Lambda::Function' || !id.startsWith('RightsLicence')) continue
        const environment = Properties['Environment'] as { Variables: Record<string, string> }
        environment.Variables['LICENCE_LOOPBACK'] = 'allowed'
      }
    })
    await nameLicenceServers(house, server)
  })
  afterAll(async () => {
    await house.stop()
    await server.close()
  })

  it.for(httpCases.map(read))('$id: $title', async (one) => {
    const names: Names = new Map([
      ['id', one.id],
      ['id2', `${one.id}-2`],
    ])
    for (const step of one.setup) await prepare(house, step, names)
    for (const { request, expected } of one.checks) {
      const answer = await ask(house, request, { names, server })
      const said = `${request.method} ${request.path}: ${answer.status} ${answer.body.slice(0, 500)}`
      if (expected.status) expect(expected.status, said).toContain(answer.status)
      for (const [name, value] of Object.entries(expected.header ?? {}))
        expect(answer.headers.get(name) ?? 'no such header', said).toMatch(new RegExp(value))
      if (expected.body) expect(answer.body, said).toMatch(new RegExp(expected.body))
      if (expected.bodyNot) expect(answer.body, said).not.toMatch(new RegExp(expected.bodyNot))
      if (expected.upstream !== undefined) expect(answer.upstream, said).toBe(expected.upstream)
    }
  })
})

it.skipIf(missing !== undefined)('they are many, and each has something to ask', () => {
  expect(httpCases.length).toBeGreaterThan(30)
  for (const { checks } of httpCases) expect(checks).not.toEqual([])
})

/** The case as it is to be asked where its letter and its meaning part. */
function read(one: HttpCase): HttpCase {
  switch (one.id) {
    case 'clearkey-value':
      // It asks for a protected film's manifest as anybody, who is refused one; those with a session are not.
      return {
        ...one,
        setup: [...one.setup, { session: { content: 'vod/{{id}}', as: 'S' } }],
        checks: one.checks.map(({ request, expected }) => ({
          request: { ...request, path: `/s/{{S}}${request.path}` },
          expected,
        })),
      }
    case 'account-with-a-percent':
      // The path stands there as the function gets it, behind a gateway that decoded it twice; and no token is made for such an
      // account, which the case names as one of two right answers.
      return {
        ...one,
        setup: [],
        checks: [
          ...one.setup.flatMap((step) =>
            'token' in step
              ? [
                  {
                    request: {
                      at: 'api' as const,
                      method: 'POST',
                      path: '/v1/tokens',
                      headers: {},
                      body: step.token.request,
                    },
                    expected: { status: [400] },
                  },
                ]
              : [],
          ),
          ...one.checks.map(({ request, expected }) => ({
            request: { ...request, path: request.path.replaceAll('%', '%2525') },
            expected,
          })),
        ],
      }
    default:
      return one
  }
}

async function nameLicenceServers({ outputs }: InProcess, { url }: LicenceServer): Promise<void> {
  const secrets = new SecretsManagerClient({
    endpoint: outputs['AwsEndpoint'] ?? '',
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
  const servers = Object.fromEntries(
    ['widevine', 'playready', 'fairplay'].map((system) => [system, { url: `${url}/plain` }]),
  )
  await secrets.send(
    new PutSecretValueCommand({
      SecretId: outputs['LicenceServersSecret'],
      SecretString: JSON.stringify(servers),
    }),
  )
  secrets.destroy()
}
