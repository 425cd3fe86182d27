/** What of a template runs here, what needs nothing here, and what does not run: said at every start. */

import { isRecord, type JsonRecord } from '../json-input.ts'
import type { Resource } from './resource.ts'

/** Counts of resource types. */
export interface Support {
  readonly needsNothing: ReadonlyMap<string, number>
  readonly notRun: ReadonlyMap<string, number>
}

/** Sorts what a template has; nothing is left out of both lists but what runs. */
export function supportOf(resources: Iterable<Pick<Resource, 'type' | 'properties'>>): Support {
  const needsNothing = new Map<string, number>()
  const notRun = new Map<string, number>()
  for (const { type, properties } of resources) {
    const part = partNotRun(type, properties)
    if (part !== undefined) notRun.set(part, (notRun.get(part) ?? 0) + 1)
    if (runs.has(type)) continue
    const list = inert.has(type) ? needsNothing : notRun
    list.set(type, (list.get(type) ?? 0) + 1)
  }
  return { needsNothing, notRun }
}

/** What of a resource that otherwise runs does not. */
function partNotRun(type: string, properties: JsonRecord): string | undefined {
  switch (type) {
    case 'AWS::ApiGatewayV2::Api':
      return properties['ProtocolType'] === 'HTTP'
        ? undefined
        : `${type} ${String(properties['ProtocolType'])}`
    case 'AWS::IAM::Role':
      return 'PermissionsBoundary' in properties ? `${type} PermissionsBoundary` : undefined
    case 'Custom::S3BucketNotifications': {
      const { NotificationConfiguration: configuration } = properties
      const events = isRecord(configuration) && 'EventBridgeConfiguration' in configuration
      return events ? `${type} EventBridgeConfiguration` : undefined
    }
    default:
      return undefined
  }
}

/** `AWS::KMS::Alias (1), AWS::KMS::Key (2)` */
export function countsText(counts: ReadonlyMap<string, number>): string {
  return [...counts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([type, count]) => `${type} (${count})`)
    .join(', ')
}

const runs = new Set([
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Authorizer',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Stage',
  'AWS::CloudFront::CachePolicy',
  'AWS::CloudFront::Distribution',
  'AWS::CloudFront::Function',
  'AWS::CloudFront::KeyValueStore',
  'AWS::CloudFront::OriginAccessControl',
  'AWS::CloudFront::OriginRequestPolicy',
  'AWS::CloudFront::ResponseHeadersPolicy',
  'AWS::DynamoDB::GlobalTable',
  'AWS::DynamoDB::Table',
  'AWS::Events::Rule',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::KMS::Alias',
  'AWS::KMS::Key',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Lambda::Permission',
  'AWS::Lambda::Url',
  'AWS::Lambda::Version',
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy',
  'AWS::SQS::Queue',
  'AWS::SQS::QueuePolicy',
  'AWS::SSM::Parameter',
  'AWS::SecretsManager::Secret',
  'Custom::CDKBucketDeployment',
  'Custom::S3BucketNotifications',
])

/** Watching, retention and book-keeping: the flow is the same without them. */
const inert = new Set([
  'AWS::CDK::Metadata',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudFront::MonitoringSubscription',
  'AWS::CloudWatch::Dashboard',
  // The AWS CLI for CDK's bucket deployment, which is done natively here.
  'AWS::Lambda::LayerVersion',
  'AWS::Logs::Delivery',
  'AWS::Logs::DeliveryDestination',
  'AWS::Logs::DeliverySource',
  'AWS::Logs::LogGroup',
  'AWS::Logs::MetricFilter',
  'AWS::Logs::QueryDefinition',
  'AWS::Logs::ResourcePolicy',
  'AWS::ResourceGroups::Group',
  // Objects stay until the data directory is deleted.
  'Custom::S3AutoDeleteObjects',
])
