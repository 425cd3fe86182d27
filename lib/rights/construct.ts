/**
 * Rights in AWS: the KMS key that wraps content keys, the table that holds them, licences, and the key server for
 * packagers.
 */
import { Aws, Validations } from 'aws-cdk-lib'
import type { IKeyValueStore } from 'aws-cdk-lib/aws-cloudfront'
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb'
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'
import { readsFront } from '../platform/constructs/front.construct.ts'
import type { HouseFunction } from '../platform/constructs/function.construct.ts'
import { generatedSecret } from '../platform/constructs/secret.construct.ts'
import { houseTable } from '../platform/constructs/table.construct.ts'
import { watchThrottles } from '../platform/constructs/table-watch.construct.ts'
import type { ViewerOrigin } from '../platform/constructs/viewer-api.construct.ts'
import type { Watch } from '../platform/constructs/watch.construct.ts'
import { ContentKeys } from './content-keys.construct.ts'
import { Licences } from './licence-api.construct.ts'
import { Speke } from './speke-api.construct.ts'
import { Sweep } from './sweep.construct.ts'

export interface RightsProps {
  readonly dist: string
  /** Name of the parameter that tells functions the address of the front. */
  readonly front: string
  /** Secret that proves a request came through the front. */
  readonly frontSecret: ISecret
  /** Key-value store the edge reads: marks of protected assets, sessions. */
  readonly sessions: IKeyValueStore
}

export class Rights extends Construct {
  /** Licence origin for the distribution. */
  readonly licences: ViewerOrigin
  /** Key server for callers that sign with SigV4; no trailing slash. */
  readonly spekeUrl: string
  /** Key server for callers with a user name and password. */
  readonly spekeBasicUrl: string
  /** Finishes asset publications that were interrupted. */
  readonly sweep: HouseFunction
  readonly watches: readonly Watch[]
  /** Environment variables a function needs to find this room's table and KMS key. */
  readonly environment: Readonly<Record<'RIGHTS_TABLE' | 'CONTENT_KEYS', string>>
  /** Secrets the operator fills in or hands on, by output name. */
  readonly secrets: Readonly<Record<'PlaybackSecret' | 'SpekeSecret' | 'LicenceServersSecret', ISecret>>
  readonly #table: ITableV2
  readonly #keys: ContentKeys
  readonly #playback: ISecret
  readonly #front: string
  readonly #sessions: IKeyValueStore

  constructor(scope: Construct, id: string, { dist, front, frontSecret, sessions }: RightsProps) {
    super(scope, id)
    this.#front = front
    this.#sessions = sessions
    this.#keys = new ContentKeys(this, 'ContentKeys')
    this.#table = houseTable(this, 'Table', { adopt: 'RightsTable' })
    this.#playback = playbackSecret(this)
    this.environment = { RIGHTS_TABLE: this.#table.tableName, CONTENT_KEYS: this.#keys.arn }

    const licences = new Licences(this, {
      dist,
      frontSecret,
      environment: { ...this.environment, PLAYBACK_SECRET: this.#playback.secretArn },
    })
    // Keys of future periods are created on the first licence request that needs them.
    this.#grantGiveKeys(licences.function)
    licences.function.grantActions(['secretsmanager:GetSecretValue'], this.#playback.secretArn)
    this.licences = licences.origin

    const speke = new Speke(this, { dist, environment: this.environment })
    // Its responses contain the licence URL.
    readsFront(speke.function, front)
    this.#grantGiveKeys(speke.function)
    // For keys an operator imports.
    this.#keys.grant(speke.function, 'kms:Encrypt')
    this.spekeUrl = speke.url
    this.spekeBasicUrl = speke.basicUrl
    this.secrets = {
      PlaybackSecret: this.#playback,
      SpekeSecret: speke.secret,
      LicenceServersSecret: licences.servers,
    }
    const sweep = new Sweep(this, { dist, environment: this.environment })
    this.sweep = sweep.function
    this.grantProtect(this.sweep)
    this.sweep.grantActions(['cloudfront-keyvaluestore:ListKeys'], sessions.keyValueStoreArn)
    const throttles = watchThrottles('RightsThrottled', 'Rights table throttled', this.#table)
    this.watches = [...licences.watches, ...speke.watches, ...sweep.watches, throttles]
  }

  /** Lets a function (the packager) read and decrypt content keys by name. */
  grantContentKeys(reader: HouseFunction): void {
    // Holds are queried.
    reader.grantActions(['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'], this.#table.tableArn)
    this.#keys.grant(reader, 'kms:Decrypt')
    this.#tell(reader)
  }

  /** Lets a function (ingest) create content keys and set protection, but not decrypt a key. */
  grantProtect(maker: HouseFunction): void {
    this.#grantMakeKeys(maker)
    // Publication turns are deleted when finished.
    maker.grantActions(['dynamodb:BatchGetItem', 'dynamodb:DeleteItem'], this.#table.tableArn)
    // PSSH boxes and stored states contain the licence URL.
    readsFront(maker, this.#front)
    this.#marks(maker)
    this.#tell(maker)
  }

  /** Sets the key-value store of the edge in the environment, and lets a function write marks of assets there. */
  #marks(publisher: HouseFunction): void {
    const actions = ['DescribeKeyValueStore', 'GetKey', 'UpdateKeys']
    const arn = this.#sessions.keyValueStoreArn
    publisher.addEnvironment('SESSION_STORE', arn)
    publisher.grantActions(
      actions.map((action) => `cloudfront-keyvaluestore:${action}`),
      arn,
    )
    // The distribution is created after the functions that invalidate its caches.
    publisher.grantActions(
      ['cloudfront:CreateInvalidation'],
      `arn:${Aws.PARTITION}:cloudfront::${Aws.ACCOUNT_ID}:distribution/*`,
    )
    if (publisher.role)
      Validations.of(publisher.role).acknowledge({
        id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:cloudfront::<AWS::AccountId>:distribution/*]',
        reason: 'The distribution is made last, and its id is read when the function runs.',
      })
  }

  /** Lets a function set protection, list and revoke what was issued, and sign playback tokens; not decrypt a key. */
  grantAdminister(api: HouseFunction): void {
    this.grantProtect(api)
    api.grantActions(['secretsmanager:GetSecretValue'], this.#playback.secretArn)
    api.addEnvironment('PLAYBACK_SECRET', this.#playback.secretArn)
  }

  #tell(reader: HouseFunction): void {
    for (const [name, value] of Object.entries(this.environment)) reader.addEnvironment(name, value)
  }

  #grantGiveKeys(giver: HouseFunction): void {
    this.#grantMakeKeys(giver)
    this.#keys.grant(giver, 'kms:Decrypt')
    giver.grantActions(['dynamodb:BatchGetItem'], this.#table.tableArn)
  }

  #grantMakeKeys(maker: HouseFunction): void {
    maker.grantActions(['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem'], this.#table.tableArn)
    this.#keys.grant(maker, 'kms:GenerateDataKey')
  }
}

const playbackSecret = (scope: Construct): ISecret =>
  generatedSecret(scope, 'PlaybackSecret', {
    output: 'PlaybackSecret',
    description: 'The keys of playback tokens are made of it',
    becauseUnrotated:
      'A new value is put by the operator; the one before it goes on verifying, so tokens in use live.',
  })
