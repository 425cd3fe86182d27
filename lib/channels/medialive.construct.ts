/**
 * An encoder of AWS Elemental MediaLive for one channel, `-c medialive=<channelId>`: both of its pipelines write HLS
 * below `live/<channelId>/` of the upload bucket. It is made idle, and costs nothing before it is started.
 */
import { CfnElement, Fn, Stack, Validations } from 'aws-cdk-lib'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { CfnChannel, CfnInput, CfnInputSecurityGroup } from 'aws-cdk-lib/aws-medialive'
import type { IBucket } from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import { HeadendError } from '../errors.ts'
import { mediaLiveEncoder } from './medialive-encoder.construct.ts'

export interface MediaLiveProps {
  readonly uploads: IBucket
  /** Of an adopted bucket whose default is still a key. */
  readonly key: IKey
}

/** Pipelines, as the channel of the API has to name them: `"pipelines": ["a", "b"]`. */
const pipelines = ['a', 'b'] as const
const destination = 'uploads'

/** Adds the encoder if the context asks for one; gives the stack's outputs. Throws STACK_CONTEXT for what can be none. */
export function addMediaLive(stack: Stack, props: MediaLiveProps): Readonly<Record<string, string>> {
  const channelId = channelIdOf(stack)
  if (channelId === undefined) return {}
  const scope = new Construct(stack, 'MediaLive')
  const role = writerRole(scope, channelId, props)
  const { input, pushTo } = sourceOf(scope, channelId)
  const channel = new CfnChannel(scope, 'Channel', {
    name: `headend-${channelId}`,
    channelClass: 'STANDARD',
    roleArn: role.roleArn,
    logLevel: 'DISABLED',
    inputSpecification: { codec: 'AVC', maximumBitrate: 'MAX_20_MBPS', resolution: 'HD' },
    inputAttachments: [{ inputAttachmentName: 'source', inputId: input.ref }],
    destinations: [
      {
        id: destination,
        settings: pipelines.map((pipeline) => ({
          url: `s3ssl://${props.uploads.bucketName}/live/${channelId}/${pipeline}/index`,
        })),
      },
    ],
    encoderSettings: mediaLiveEncoder(destination),
  })
  // It checks when it is made that it may write.
  channel.node.addDependency(role)
  return {
    MediaLiveChannel: channel.ref,
    ...(pushTo !== undefined && { MediaLivePushTo: pushTo }),
  }
}

function channelIdOf(scope: Construct): string | undefined {
  const said: unknown = scope.node.tryGetContext('medialive')
  if (said === undefined) return undefined
  if (typeof said === 'string' && /^[\w.-]{1,100}$/.test(said)) return said
  throw refused('medialive', 'the id of a channel', said)
}

interface Source {
  readonly input: CfnInput
  /** Where it is sent by RTMP, a URL for each pipeline; absent if it is pulled. */
  readonly pushTo?: string
}

/** `-c medialiveInput=<URL>` is pulled; `-c medialiveFrom=<CIDR>` may push by RTMP, as OBS does. */
function sourceOf(scope: Construct, channelId: string): Source {
  const [url, from] = ['medialiveInput', 'medialiveFrom'].map(
    (name): unknown => scope.node.tryGetContext(name) as unknown,
  )
  const name = `headend-${channelId}`
  if (typeof url === 'string' && from === undefined && /^(?:https?|rtmps?):\/\/[^\s@]+$/.test(url)) {
    const type = url.startsWith('rtmp') ? 'RTMP_PULL' : 'URL_PULL'
    // Each pipeline reads it by itself.
    const sources = pipelines.map(() => ({ url }))
    return { input: new CfnInput(scope, 'Input', { name, type, sources }) }
  }
  if (typeof from === 'string' && url === undefined && cidr.test(from)) {
    const group = new CfnInputSecurityGroup(scope, 'From', { whitelistRules: [{ cidr: from }] })
    const input = new CfnInput(scope, 'Input', {
      name,
      type: 'RTMP_PUSH',
      inputSecurityGroups: [group.ref],
      destinations: pipelines.map((pipeline) => ({ streamName: `${channelId}/${pipeline}` })),
    })
    return { input, pushTo: Fn.join(' ', input.attrDestinations) }
  }
  throw refused(
    'medialiveInput or medialiveFrom',
    'one of them: a URL of http, https or rtmp without a password, or addresses such as 203.0.113.0/24',
    url ?? from,
  )
}

/** Everybody is no answer to who may send. */
const cidr = /^(?:\d{1,3}\.){3}\d{1,3}\/(?:[89]|[12]\d|3[0-2])$/

function writerRole(scope: Construct, channelId: string, { uploads, key }: MediaLiveProps): Role {
  const role = new Role(scope, 'Role', {
    assumedBy: new ServicePrincipal('medialive.amazonaws.com'),
    description: `Writes the feed of ${channelId}`,
  })
  const objects = `live/${channelId}/*`
  role.addToPolicy(
    new PolicyStatement({ actions: ['s3:PutObject'], resources: [uploads.arnForObjects(objects)] }),
  )
  const encrypts = new PolicyStatement({ actions: ['kms:GenerateDataKey'], resources: [key.keyArn] })
  encrypts.addCondition('StringEquals', { 'kms:ViaService': `s3.${Stack.of(key).region}.amazonaws.com` })
  role.addToPolicy(encrypts)
  const { defaultChild } = uploads.node
  const arn =
    defaultChild !== undefined && CfnElement.isCfnElement(defaultChild)
      ? `<${Stack.of(uploads).getLogicalId(defaultChild)}.Arn>`
      : `arn:aws:s3:::${uploads.bucketName}`
  Validations.of(role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${arn}/${objects}]`,
    reason: 'Each segment of the feed is a new object.',
  })
  return role
}

const refused = (name: string, expected: string, got: unknown): HeadendError =>
  new HeadendError(
    'STACK_CONTEXT',
    `context ${name}: expected ${expected}, got ${(JSON.stringify(got) ?? 'nothing').slice(0, 200)}`,
  )
