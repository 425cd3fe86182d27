/** The operator's API in AWS: its HTTP API, the function behind it, the secret that signs its tokens. */
import { Duration } from 'aws-cdk-lib'
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'
import type { Packaging } from '../packaging/construct.ts'
import { concurrencyShares } from '../platform/constructs/concurrency.construct.ts'
import { readsFront } from '../platform/constructs/front.construct.ts'
import { HouseFunction } from '../platform/constructs/function.construct.ts'
import { generatedSecret } from '../platform/constructs/secret.construct.ts'
import type { Watch } from '../platform/constructs/watch.construct.ts'
import type { Rights } from '../rights/construct.ts'
import { operatorHttp } from './http.construct.ts'

export interface OperatorApiProps {
  readonly dist: string
  readonly packaging: Packaging
  readonly rights: Rights
  /** The name of the parameter by which functions find the front. */
  readonly front: string
}

export class OperatorApi extends Construct {
  /** The API's URL, without a trailing slash. */
  readonly url: string
  readonly watches: readonly Watch[]
  /** The secret that signs operators' tokens. */
  readonly operatorSecret: ISecret
  /** The function behind the API: a room with routes in it grants it access to its own data. */
  readonly function: HouseFunction

  constructor(scope: Construct, id: string, props: OperatorApiProps) {
    super(scope, id)
    const { dist, packaging, rights, front } = props
    const secret = operatorSecret(this)
    this.operatorSecret = secret
    const api = new HouseFunction(this, 'Api', {
      dist,
      bundle: 'api/api',
      description: "Answers the operator's API",
      memoryMb: 512,
      concurrency: concurrencyShares(this).api,
      // An HTTP API times out after 30 s; with one second less the answer is ours.
      timeout: Duration.seconds(29),
      environment: { ...packaging.environment, OPERATOR_SECRET: secret.secretArn },
    })
    this.function = api
    packaging.grantListIndex(api)
    packaging.grantReadTimelines(api)
    packaging.grantUploadFilms(api)
    packaging.grantManageFilms(api)
    packaging.grantStorePresentations(api)
    api.grantActions(['secretsmanager:GetSecretValue'], secret.secretArn)
    packaging.grantPublishProtection(api)
    rights.grantAdminister(api)
    // For playback URLs; sessions are created in the store that holds the marks of films.
    readsFront(api, front)

    const gate = new HouseFunction(this, 'Gate', {
      dist,
      bundle: 'api/gate',
      description: "Says whose token opens the operator's API",
      memoryMb: 512,
      concurrency: concurrencyShares(this).gate,
      // The gateway waits at most 10 s for an authorizer.
      timeout: Duration.seconds(9),
      environment: { OPERATOR_SECRET: secret.secretArn },
    })
    gate.grantActions(['secretsmanager:GetSecretValue'], secret.secretArn)
    const http = operatorHttp(this, { api, gate })
    this.url = http.url
    this.watches = [
      api.watchFaults(
        'API faults',
        'The console and scripts get 5xx: read the log of Api, and that of Gate, which lets them in.',
        http.answers,
      ),
      http.watchLatency(
        'ApiLatency',
        'API p99',
        'The API is slow: compare with the duration of its function.',
        3000,
      ),
    ]
  }
}

const operatorSecret = (scope: Construct): ISecret =>
  generatedSecret(scope, 'OperatorSecret', {
    output: 'OperatorSecret',
    description: "Signs operators' tokens",
    becauseUnrotated:
      'A new key ends every token in use, so an operator chooses the moment and puts a new value.',
  })
