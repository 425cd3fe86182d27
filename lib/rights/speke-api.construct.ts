/** The key server: its function and the HTTP API for packagers, with SigV4 or a user name and password. */
import { Duration } from 'aws-cdk-lib'
import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers'
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import { HouseFunction } from '../platform/constructs/function.construct.ts'
import { HouseHttpApi } from '../platform/constructs/http-api.construct.ts'
import { generatedSecret } from '../platform/constructs/secret.construct.ts'
import type { Watch } from '../platform/constructs/watch.construct.ts'

export interface SpekeProps {
  readonly dist: string
  readonly environment: Readonly<Record<string, string>>
}

/** Constructs are created in `scope` itself to keep logical IDs short. */
export class Speke {
  readonly function: HouseFunction
  readonly url: string
  readonly basicUrl: string
  /** User name and password of packagers that cannot sign. */
  readonly secret: ISecret
  readonly watches: readonly Watch[]

  constructor(scope: Construct, { dist, environment }: SpekeProps) {
    const secret = spekeSecret(scope)
    this.secret = secret
    this.function = new HouseFunction(scope, 'Speke', {
      dist,
      bundle: 'rights/speke',
      description: 'Gives content keys to packagers (SPEKE)',
      memoryMb: 1024,
      timeout: Duration.seconds(29),
      environment: { ...environment, SPEKE_SECRET: secret.secretArn },
    })
    this.function.grantActions(['secretsmanager:GetSecretValue'], secret.secretArn)
    // A route has one authorizer: callers with a password use other paths than those that sign.
    const signed = { authorizer: new HttpIamAuthorizer() }
    const open = { openBecause }
    const api = new HouseHttpApi(scope, 'Speke', {
      description: 'Content keys for packagers',
      handler: this.function,
      routes: [
        ...spekePaths.map((route) => ({ ...route, ...signed })),
        { path: '/keys/{action}', methods: [HttpMethod.POST], ...signed },
        ...spekePaths.map(({ path, methods }) => ({ path: `/basic${path}`, methods, ...open })),
      ],
      perSecond: 200,
    })
    this.url = api.url
    this.basicUrl = `${api.url}/basic`
    this.watches = [
      this.function.watchFaults(
        'Key server faults',
        'Packagers get no keys: read the log of Speke.',
        api.answers,
      ),
      api.watchLatency(
        'SpekeLatency',
        'Key server p99',
        'Packagers wait for keys: see the log of Speke, and what KMS throttles.',
        5000,
      ),
    ]
  }
}

const openBecause = 'The function checks name and password; HTTP Basic is not for the gateway to check.'

const spekePaths = [
  { path: '/speke/v1.0/copyProtection', methods: [HttpMethod.POST] },
  { path: '/speke/v2.0/copyProtection', methods: [HttpMethod.POST] },
  { path: '/speke/v1.0/heartbeat', methods: [HttpMethod.GET] },
]

const spekeSecret = (scope: Construct): ISecret =>
  generatedSecret(scope, 'SpekeSecret', {
    output: 'SpekeSecret',
    description: 'Name and password by which packagers that cannot sign get keys',
    says: { username: 'packager' },
    generated: 'password',
    length: 48,
    becauseUnrotated:
      'A new value is put by the operator, who tells the packagers; the one before it is taken until then.',
  })
