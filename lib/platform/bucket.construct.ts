/** The one way this house makes a bucket: private, TLS only, no ACLs, kept when the stack goes. */
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib'
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  type IBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'

/** A bucket nobody outside the account reads; the caller says only what is special about it. */
export function privateBucket(scope: Construct, id: string, props: BucketProps): Bucket {
  return new Bucket(scope, id, {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    removalPolicy: RemovalPolicy.RETAIN,
    ...props,
  })
}

/**
 * Where buckets and CloudFront write who asked for what. Lines name viewers' addresses and the paths they
 * asked for, session tokens included, so they live for two weeks, which is longer than a token does.
 */
export function logBucket(scope: Construct, id: string): IBucket {
  const bucket = privateBucket(scope, id, {
    // Log delivery cannot write to a bucket under a customer key without opening that key's policy to it.
    encryption: BucketEncryption.S3_MANAGED,
    // CloudFront's standard log, the one kind that works in every region, is delivered by ACL.
    objectOwnership: ObjectOwnership.BUCKET_OWNER_PREFERRED,
    lifecycleRules: [{ expiration: Duration.days(14) }],
  })
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason: 'This is the bucket the logs go to; logging its own writes would never end.',
  })
  return bucket
}
