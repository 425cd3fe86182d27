/** The whole headend in three stacks that refer only downwards: the global, the regional, and the front. */
import { type App, CfnOutput, CfnWaitConditionHandle, Stack, type StackProps } from 'aws-cdk-lib'
import type { IKeyValueStore } from 'aws-cdk-lib/aws-cloudfront'
import { type IKey, Key } from 'aws-cdk-lib/aws-kms'
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager'
import { OperatorApi } from './api/construct.ts'
import { Assets } from './assets/construct.ts'
import { Channels } from './channels/construct.ts'
import { addMediaLive } from './channels/medialive.construct.ts'
import { Delivery, type Domain, RegionalManifests, sessionStore } from './delivery/construct.ts'
import { HeadendError } from './errors.ts'
import { accountWatches } from './operations/account.construct.ts'
import { Operations } from './operations/construct.ts'
import { Packaging } from './packaging/construct.ts'
import { adopted } from './platform/constructs/adopted.construct.ts'
import { logBucket } from './platform/constructs/bucket.construct.ts'
import { houseBus } from './platform/constructs/event-bus.construct.ts'
import {
  announceFront,
  frontParameter,
  frontSecret,
  readsFront,
} from './platform/constructs/front.construct.ts'
import { kept } from './platform/constructs/kept.construct.ts'
import { Rights } from './rights/construct.ts'

export interface HeadendProps {
  /** @default dist: the output folder of `npm run build` */
  readonly dist?: string | undefined
  /** @default CloudFront's own name and certificate */
  readonly domain?: Domain | undefined
  /** The region of assets, keys and logs. @default us-east-1 */
  readonly region?: string | undefined
  /** Distinguishes several headends in one account. @default the one without a stage */
  readonly stage?: string | undefined
  /** The version of the front secret that the distribution sends. @default the current one at the deploy */
  readonly frontVersion?: string | undefined
}

/** The stacks in the order of deployment. */
export interface HeadendStacks {
  readonly shared: SharedStack
  readonly region: RegionStack
  readonly front: FrontStack
}

/** The region of CloudFront's edge functions, certificates and metrics. */
const edgeRegion = 'us-east-1'

/** Adds the headend to an app. */
export function addHeadend(app: App, props: HeadendProps = {}): HeadendStacks {
  const { dist = 'dist', domain, region = edgeRegion, stage, frontVersion } = props
  const name = stackName(stage)
  // References between regions are weak like all others: without this, CDK requires explicit physical names for the
  // resources they refer to.
  const common = { terminationProtection: true, crossRegionReferences: true }
  const shared = new SharedStack(app, `${name}-global`, { ...common, env: { region: edgeRegion } })
  const regional = new RegionStack(app, `${name}-${region}`, {
    ...common,
    env: { region },
    dist,
    shared,
    front: frontParameter(name),
  })
  const front = new FrontStack(app, name, {
    ...common,
    env: { region: edgeRegion },
    dist,
    shared,
    region: regional,
    domain,
    frontVersion,
  })
  return { shared, region: regional, front }
}

/** Resources that CloudFront and every region read. */
class SharedStack extends Stack {
  /** Session signing keys, revoked sessions, protection marks: read at every edge within seconds of a change. */
  readonly sessions: IKeyValueStore
  /** The secret that proves to functions behind the distribution that a request came through it. */
  readonly front: ISecret

  constructor(scope: App, id: string, props: StackProps) {
    super(scope, id, { description: 'A TV headend: what all its regions share', ...props })
    this.sessions = sessionStore(this)
    this.front = frontSecret(this)
    // CloudFormation requires a resource even if all are taken over; this one does nothing, and is free.
    if (adopted(this, 'SessionStore') !== undefined && adopted(this, 'FrontSecret') !== undefined)
      new CfnWaitConditionHandle(this, 'Nothing')
    output(this, 'SessionStore', this.sessions.keyValueStoreArn)
    output(this, 'FrontSecret', this.front.secretArn)
  }
}

interface RegionProps extends StackProps {
  readonly dist: string
  readonly shared: SharedStack
  /** The name of the parameter by which functions find the front. */
  readonly front: string
}

/** All resources of the rooms, in the order of the flow: upload, timeline, segment and long manifest, operator. */
class RegionStack extends Stack {
  readonly packaging: Packaging
  readonly rights: Rights
  readonly api: OperatorApi
  readonly channels: Channels
  readonly manifests: RegionalManifests
  /** The bucket for access logs of buckets and of CloudFront. */
  readonly logs

  constructor(scope: App, id: string, { dist, shared, front, ...props }: RegionProps) {
    super(scope, id, { description: 'A TV headend: what it keeps and runs in this region', ...props })
    this.logs = logBucket(this, 'Logs')
    const key = filmsKey(this)
    // Keys and policies of protected contents, and the licences for players.
    this.rights = new Rights(this, 'Rights', {
      dist,
      front,
      frontSecret: shared.front,
      sessions: shared.sessions,
    })
    // An upload in the bucket is indexed and its timeline written.
    this.packaging = new Packaging(this, 'Packaging', { dist, key, logs: this.logs, rights: this.rights })
    // Events of assets are published on a bus, for other rooms and for the operator's own rules.
    const bus = houseBus(this, 'Events')
    const assets = new Assets(this, 'Assets', { dist, bus, index: this.packaging.index })
    // Long manifests are generated here, all others at the edge.
    this.manifests = new RegionalManifests(this, 'Delivery', { dist, packaging: this.packaging })
    // The operator monitors, and uploads through the console, by the API.
    this.api = new OperatorApi(this, 'Catalogue', {
      dist,
      packaging: this.packaging,
      rights: this.rights,
      front,
    })
    // Feeds of encoders become live timelines.
    this.channels = new Channels(this, 'Channels', { dist, packaging: this.packaging })
    const { channels } = this
    readsFront(this.manifests.function, front)
    channels.grantOperate(this.api.function)
    channels.grantShow(this.manifests.function)
    const encoder = addMediaLive(this, { uploads: this.packaging.upload, key })
    for (const [name, value] of Object.entries(encoder)) output(this, name, value)
    output(this, 'ChannelsTable', channels.table.tableName)
    output(this, 'ChannelsQueue', channels.queue.queueUrl)
    output(this, 'ChannelsDeadLetters', channels.deadLetters.queueUrl)
    // Faults in a room raise alarms.
    new Operations(this, 'Operations', {
      watches: {
        Packaging: this.packaging.watches,
        Assets: assets.watches,
        Rights: this.rights.watches,
        Delivery: this.manifests.watches,
        Catalogue: this.api.watches,
        Channels: channels.watches,
        Account: accountWatches(this),
      },
    })
    const { packaging, rights, api } = this
    output(this, 'UploadBucket', packaging.upload.bucketName)
    output(this, 'MediaBucket', packaging.media.bucketName)
    output(this, 'IndexTable', packaging.index.tableName)
    output(this, 'IndexStream', packaging.index.tableStreamArn ?? '')
    output(this, 'EventBus', bus.eventBusName)
    output(this, 'AnnounceDeadLetters', assets.deadLetters.queueUrl)
    output(this, 'RightsTable', rights.environment.RIGHTS_TABLE)
    output(this, 'FilmsKey', key.keyArn)
    output(this, 'ContentKeys', rights.environment.CONTENT_KEYS)
    output(this, 'ApiUrl', api.url)
    output(this, 'SpekeUrl', rights.spekeUrl)
    output(this, 'SpekeBasicUrl', rights.spekeBasicUrl)
    output(this, 'IngestQueue', packaging.ingestQueue.queueUrl)
    output(this, 'IngestDeadLetters', packaging.ingestDeadLetters.queueUrl)
    output(this, 'LicenceApiUrl', `https://${rights.licences.domainName}`)
    output(this, 'OperatorSecret', api.operatorSecret.secretArn)
    for (const [name, secret] of Object.entries(rights.secrets)) output(this, name, secret.secretArn)
  }
}

interface FrontProps extends StackProps {
  readonly dist: string
  readonly shared: SharedStack
  readonly region: RegionStack
  readonly domain: Domain | undefined
  readonly frontVersion: string | undefined
}

/** The entry point of viewers and operators: the distribution, its edge functions, the console's pages. */
class FrontStack extends Stack {
  readonly delivery: Delivery

  constructor(scope: App, id: string, props: FrontProps) {
    const { dist, shared, region, domain, frontVersion, ...rest } = props
    super(scope, id, { description: 'A TV headend: what viewers and operators come to', ...rest })
    // Players call CloudFront: manifests are generated at the edge, segments by the packager, and licences are issued.
    const delivery = new Delivery(this, 'Delivery', {
      dist,
      packaging: region.packaging,
      manifests: region.manifests,
      channels: region.channels,
      apiUrl: region.api.url,
      viewerApis: [region.rights.licences, region.channels.ingest],
      sessions: shared.sessions,
      frontSecret: shared.front,
      frontVersion,
      logs: region.logs,
      domain,
    })
    this.delivery = delivery
    const { playbackUrl, licenceUrl, distributionId } = delivery
    // The stacks below are deployed first: they read the front's addresses at run time.
    announceFront(this, { playbackUrl, licenceUrl, distributionId })
    new Operations(this, 'FrontOperations', {
      watches: { Delivery: delivery.watches },
      topicOutput: 'FrontAlarmTopic',
    })
    output(this, 'Region', region.region)
    output(this, 'PlaybackUrl', playbackUrl)
    output(this, 'LicenceUrl', licenceUrl)
    output(this, 'IngestUrl', `${playbackUrl}/ingest`)
    output(this, 'ConsoleUrl', playbackUrl)
    output(this, 'DistributionId', distributionId)
    output(this, 'ViewerFunction', delivery.viewerFunction)
  }
}

function filmsKey(stack: Stack): IKey {
  const arn = adopted(stack, 'FilmsKey')
  if (arn !== undefined) return Key.fromKeyArn(stack, 'Key', arn)
  return new Key(stack, 'Key', {
    description: 'Films and what is made of them',
    enableKeyRotation: true,
    // Encrypted data can be replicated to another region later; AWS does not allow that choice after creation.
    multiRegion: true,
    removalPolicy: kept,
  })
}

function output(stack: Stack, name: string, value: string): void {
  new CfnOutput(stack, name, { value })
}

function stackName(stage: string | undefined): string {
  if (stage === undefined) return 'Headend'
  // No hyphen, or the front of a stage could get the name of another stage's region.
  if (/^[a-z][a-z0-9]{0,15}$/.test(stage) && stage !== 'global') return `Headend-${stage}`
  throw new HeadendError(
    'STACK_STAGE',
    `context stage: expected up to 16 lower-case letters and digits, and not global, got ${stage}`,
  )
}
