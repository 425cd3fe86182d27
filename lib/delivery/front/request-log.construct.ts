/** What CloudFront logs of each request: who asked, from where, by which behaviour, and how it went, but not for what. */
import { Stack } from 'aws-cdk-lib'
import type { Distribution } from 'aws-cdk-lib/aws-cloudfront'
import { CfnDelivery, CfnDeliveryDestination, CfnDeliverySource } from 'aws-cdk-lib/aws-logs'
import type { IBucket } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'

/**
 * Fields of standard logging v2. Playback tokens stand in the query and session tokens in the path, both good for as
 * long as they are valid to whoever reads them, and CloudFront cuts no field: `cs-uri-stem`, `cs-uri-query`, the
 * Referer and cookies are left out. What was asked for shows in the behaviour that took it.
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

/** Delivers the log of a distribution to a bucket, whatever region that is in; made where CloudFront is. */
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
