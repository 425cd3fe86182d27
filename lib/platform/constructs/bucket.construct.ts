/** Buckets with the settings common to all: private, TLS only, no ACLs, retained when the stack is deleted. */
import { Aws, Duration, Stack, Validations } from 'aws-cdk-lib'
import { AnyPrincipal, Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  BucketPolicy,
  type BucketProps,
  type IBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import { adopted } from './adopted.construct.ts'
import { kept } from './kept.construct.ts'

/**
 * A bucket of uploads or timelines: created, or taken over from an earlier stack, which retained everything but its
 * policy.
 */
export function adoptableBucket(
  scope: Construct,
  id: string,
  { adopt, ...props }: BucketProps & { readonly adopt: 'UploadBucket' | 'MediaBucket' },
): IBucket {
  const bucketName = adopted(scope, adopt)
  if (bucketName === undefined) return privateBucket(scope, id, props)
  const bucket = Bucket.fromBucketAttributes(scope, id, {
    bucketName,
    region: Stack.of(scope).region,
    ...(props.encryptionKey !== undefined && { encryptionKey: props.encryptionKey }),
  })
  const { document } = new BucketPolicy(scope, `${id}Policy`, { bucket })
  const denied = { effect: Effect.DENY, principals: [new AnyPrincipal()], actions: ['s3:*'] }
  const resources = [bucket.bucketArn, bucket.arnForObjects('*')]
  document.addStatements(
    new PolicyStatement({ ...denied, resources, conditions: { Bool: { 'aws:SecureTransport': 'false' } } }),
    new PolicyStatement({ ...denied, resources, conditions: { NumericLessThan: { 's3:TlsVersion': 1.2 } } }),
  )
  return bucket
}

/** A bucket that is private to the account; the caller sets only what differs from the default. */
export function privateBucket(scope: Construct, id: string, props: BucketProps): Bucket {
  return new Bucket(scope, id, {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    removalPolicy: kept,
    ...props,
  })
}

/**
 * The bucket for access logs of buckets and CloudFront. Lines contain viewers' addresses, so they expire after two
 * weeks. They contain no token: CloudFront logs neither path nor query, and an upload's signature, which S3 does log,
 * has expired before its line arrives.
 */
export function logBucket(scope: Construct, id: string): IBucket {
  const bucket = privateBucket(scope, id, {
    // Log delivery cannot write to a bucket under a customer key without opening that key's policy to it.
    encryption: BucketEncryption.S3_MANAGED,
    lifecycleRules: [{ expiration: Duration.days(14) }],
  })
  takesRequestLogs(bucket)
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason: 'This is the bucket the logs go to; logging its own writes would never end.',
  })
  return bucket
}

/** Lets CloudWatch's log delivery write CloudFront's log, which works in us-east-1 for buckets of every region. */
function takesRequestLogs(bucket: Bucket): void {
  const { account } = Stack.of(bucket)
  bucket.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('delivery.logs.amazonaws.com')],
      actions: ['s3:PutObject'],
      resources: [bucket.arnForObjects(`AWSLogs/${account}/*`)],
      conditions: {
        StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control', 'aws:SourceAccount': account },
        ArnLike: { 'aws:SourceArn': `arn:${Aws.PARTITION}:logs:us-east-1:${account}:delivery-source:*` },
      },
    }),
  )
}
