/** Rights in AWS: the key that wraps content keys, the table they are in, licences, and keys for other packagers. */
import { RemovalPolicy } from 'aws-cdk-lib'
import { AttributeType, Billing, TableV2 as Table } from 'aws-cdk-lib/aws-dynamodb'
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'
import type { HouseFunction } from '../platform/function.construct.ts'
import { generatedSecret } from '../platform/secret.construct.ts'
import { watchThrottles } from '../platform/table-watch.construct.ts'
import type { Watch } from '../platform/watch.construct.ts'
import { ContentKeys } from './content-keys.construct.ts'
import { type LicenceOrigin, Licences } from './licence-api.construct.ts'
import { Speke } from './speke-api.construct.ts'

export interface RightsProps {
  readonly dist: string
}

export class Rights extends Construct {
  /** Licences, as the distribution asks for them. */
  readonly licences: LicenceOrigin
  /** The key server for who signs by SigV4; no slash at the end. */
  readonly spekeUrl: string
  /** The key server for who has a name and password. */
  readonly spekeBasicUrl: string
  readonly watches: readonly Watch[]
  /** Environment by which a function finds what this room keeps. */
  readonly environment: Readonly<Record<'RIGHTS_TABLE' | 'CONTENT_KEYS', string>>
  readonly #table: Table
  readonly #keys: ContentKeys
  readonly #playback: Secret
  /** Those who say, in boxes and answers, where licences are. */
  readonly #tellers: HouseFunction[] = []
  /** Those who publish how films are protected. */
  readonly #publishers: HouseFunction[] = []

  constructor(scope: Construct, id: string, { dist }: RightsProps) {
    super(scope, id)
    this.#keys = new ContentKeys(this, 'ContentKeys')
    this.#table = rightsTable(this)
    this.#playback = playbackSecret(this)
    this.environment = { RIGHTS_TABLE: this.#table.tableName, CONTENT_KEYS: this.#keys.arn }

    const licences = new Licences(this, {
      dist,
      environment: { ...this.environment, PLAYBACK_SECRET: this.#playback.secretArn },
    })
    // The keys of the periods to come are made by the first player that needs them.
    this.#grantGiveKeys(licences.function)
    licences.function.mayDo(['secretsmanager:GetSecretValue'], this.#playback.secretArn)
    this.licences = licences.origin

    const speke = new Speke(this, { dist, environment: this.environment })
    this.#tellers.push(speke.function)
    this.#grantGiveKeys(speke.function)
    // Keys an operator brings along.
    this.#keys.grant(speke.function, 'kms:Encrypt')
    this.spekeUrl = speke.url
    this.spekeBasicUrl = speke.basicUrl
    const throttles = watchThrottles('RightsThrottled', 'Rights table throttled', this.#table)
    this.watches = [...licences.watches, ...speke.watches, throttles]
  }

  /** Lets a function open content keys it knows by name: the packager. */
  grantContentKeys(reader: HouseFunction): void {
    reader.mayDo(['dynamodb:GetItem', 'dynamodb:BatchGetItem'], this.#table.tableArn)
    this.#keys.grant(reader, 'kms:Decrypt')
    this.#tell(reader)
  }

  /** Lets a function make the keys of content, and settle how it is protected; not open a key: ingest. */
  grantProtect(maker: HouseFunction): void {
    this.#grantMakeKeys(maker)
    // Turns of publication are taken away when they are over.
    maker.mayDo(['dynamodb:BatchGetItem', 'dynamodb:DeleteItem'], this.#table.tableArn)
    this.#tellers.push(maker)
    this.#publishers.push(maker)
    this.#tell(maker)
  }

  /** Tells where players find licences; no slash at the end. */
  givesLicencesAt(url: string): void {
    for (const one of this.#tellers) one.addEnvironment('LICENCE_URL', url)
  }

  /** Tells publishers which key-value store the edge reads, and lets them write what it says of films there. */
  marksAt(storeArn: string): void {
    const actions = ['DescribeKeyValueStore', 'GetKey', 'UpdateKeys']
    for (const one of this.#publishers) {
      one.addEnvironment('SESSION_STORE', storeArn)
      one.mayDo(
        actions.map((action) => `cloudfront-keyvaluestore:${action}`),
        storeArn,
      )
    }
  }

  /** Lets a function protect content, see and take back what was given, and sign playback tokens; not open a key. */
  grantAdminister(api: HouseFunction): void {
    this.grantProtect(api)
    api.mayDo(['secretsmanager:GetSecretValue'], this.#playback.secretArn)
    api.addEnvironment('PLAYBACK_SECRET', this.#playback.secretArn)
  }

  #tell(reader: HouseFunction): void {
    for (const [name, value] of Object.entries(this.environment)) reader.addEnvironment(name, value)
  }

  #grantGiveKeys(giver: HouseFunction): void {
    this.#grantMakeKeys(giver)
    this.#keys.grant(giver, 'kms:Decrypt')
    giver.mayDo(['dynamodb:BatchGetItem'], this.#table.tableArn)
  }

  #grantMakeKeys(maker: HouseFunction): void {
    maker.mayDo(['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem'], this.#table.tableArn)
    this.#keys.grant(maker, 'kms:GenerateDataKey')
  }
}

function rightsTable(scope: Construct): Table {
  return new Table(scope, 'Table', {
    partitionKey: { name: 'pk', type: AttributeType.STRING },
    sortKey: { name: 'sk', type: AttributeType.STRING },
    billing: Billing.onDemand(),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    timeToLiveAttribute: 'expiresAt',
    removalPolicy: RemovalPolicy.RETAIN,
  })
}

const playbackSecret = (scope: Construct): Secret =>
  generatedSecret(scope, 'PlaybackSecret', {
    description: 'The keys of playback tokens are made of it',
    secretName: 'headend/playback',
    becauseUnrotated:
      'A new value is put by the operator; the one before it goes on verifying, so tokens in use live.',
  })
