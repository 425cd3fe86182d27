/** CloudFront's request log: client, location, behaviour and result of each request, but not its URL. */
import { Stack } from 'aws-cdk-lib'
import type { Distribution } from 'aws-cdk-lib/aws-cloudfront'
import { CfnDelivery, CfnDeliveryDestination, CfnDeliverySource } from 'aws-cdk-lib/aws-logs'
import type { IBucket } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'

/**
 * Fields of standard logging v2. The query contains playback tokens and the path session tokens, which anyone who reads
 * them could use while they are valid, and CloudFront cannot truncate a field: so `cs-uri-stem`, `cs-uri-query`,
 * Referer and cookies are omitted. The matched behaviour tells what was requested.
 */
const fields = [
  'timestamp(ms)',
  'date',
  'time',
  'x-edge-location',
  'x-edge-request-id',
  'c-ip',
  'c-country',
  'asn',
  'cs-method',
  'cs(Host)',
  'cache-behavior-path-pattern',
  'cs(User-Agent)',
  'cs-protocol',
  'cs-protocol-version',
  'ssl-protocol',
  'cs-bytes',
  'sc-status',
  'sc-bytes',
  'sc-content-type',
  'sc-content-len',
  'sc-range-start',
  'sc-range-end',
  'time-taken',
  'time-to-first-byte',
  'origin-fbl',
  'origin-lbl',
  'x-edge-result-type',
  'x-edge-response-result-type',
  'x-edge-detailed-result-type',
]

/** Delivers a distribution's log to a bucket in any region; created in CloudFront's own region. */
export function logRequests(scope: Construct, distribution: Distribution, bucket: IBucket): void {
  const { stackName } = Stack.of(scope)
  const source = new CfnDeliverySource(scope, 'RequestLogSource', {
    name: `${stackName}-requests`,
    logType: 'ACCESS_LOGS',
    resourceArn: distribution.distributionArn,
  })
  const destination = new CfnDeliveryDestination(scope, 'RequestLogDestination', {
    name: `${stackName}-requests`,
    destinationResourceArn: bucket.bucketArn,
    outputFormat: 'w3c',
  })
  const delivery = new CfnDelivery(scope, 'RequestLog', {
    deliverySourceName: source.name,
    deliveryDestinationArn: destination.attrArn,
    recordFields: fields,
  })
  delivery.addResourceDependency(source)
}
