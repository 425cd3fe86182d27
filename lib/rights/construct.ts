/** Rights in AWS: the key that wraps content keys, the table they are in, licences, and keys for other packagers. */
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
  /** Name of the parameter by which functions find the front. */
  readonly front: string
  /** What shows that a request came through it. */
  readonly frontSecret: ISecret
  /** What the edge reads: marks of protected films, sessions. */
  readonly sessions: IKeyValueStore
}

export class Rights extends Construct {
  /** Licences, as the distribution asks for them. */
  readonly licences: ViewerOrigin
  /** The key server for who signs by SigV4; no slash at the end. */
  readonly spekeUrl: string
  /** The key server for who has a name and password. */
  readonly spekeBasicUrl: string
  /** Publishes films whose publication broke off. */
  readonly sweep: HouseFunction
  readonly watches: readonly Watch[]
  /** Environment by which a function finds what this room keeps. */
  readonly environment: Readonly<Record<'RIGHTS_TABLE' | 'CONTENT_KEYS', string>>
  /** What an operator fills in or hands on, by the name of its output. */
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
    // The keys of the periods to come are made by the first player that needs them.
    this.#grantGiveKeys(licences.function)
    licences.function.grantActions(['secretsmanager:GetSecretValue'], this.#playback.secretArn)
    this.licences = licences.origin

    const speke = new Speke(this, { dist, environment: this.environment })
    // It says where licences are.
    readsFront(speke.function, front)
    this.#grantGiveKeys(speke.function)
    // Keys an operator brings along.
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

  /** Lets a function open content keys it knows by name: the packager. */
  grantContentKeys(reader: HouseFunction): void {
    reader.grantActions(['dynamodb:GetItem', 'dynamodb:BatchGetItem'], this.#table.tableArn)
    this.#keys.grant(reader, 'kms:Decrypt')
    this.#tell(reader)
  }

  /** Lets a function make the keys of content, and settle how it is protected; not open a key: ingest. */
  grantProtect(maker: HouseFunction): void {
    this.#grantMakeKeys(maker)
    // Turns of publication are taken away when they are over.
    maker.grantActions(['dynamodb:BatchGetItem', 'dynamodb:DeleteItem'], this.#table.tableArn)
    // Boxes and stored states say where licences are.
    readsFront(maker, this.#front)
    this.#marks(maker)
    this.#tell(maker)
  }

  /** Tells which key-value store the edge reads, and lets a function write what it says of films there. */
  #marks(publisher: HouseFunction): void {
    const actions = ['DescribeKeyValueStore', 'GetKey', 'UpdateKeys']
    const arn = this.#sessions.keyValueStoreArn
    publisher.addEnvironment('SESSION_STORE', arn)
    publisher.grantActions(
      actions.map((action) => `cloudfront-keyvaluestore:${action}`),
      arn,
    )
    // The distribution comes after the functions that have its caches forget.
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

  /** Lets a function protect content, see and take back what was given, and sign playback tokens; not open a key. */
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
