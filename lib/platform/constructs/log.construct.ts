/** Log groups with the retention common to all: a month, which answers "since when" and is no archive. */
import { RemovalPolicy } from 'aws-cdk-lib'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'

/** Settings of a log group that differ from the default. */
export interface HouseLogOptions {
  /** @default CloudFormation's, unless something outside the stack must know it */
  readonly logGroupName?: string
  /** @default deleted with its stack */
  readonly removalPolicy?: RemovalPolicy
}

/** A log group. */
export function houseLog(
  scope: Construct,
  id: string,
  { logGroupName, removalPolicy = RemovalPolicy.DESTROY }: HouseLogOptions = {},
): LogGroup {
  return new LogGroup(scope, id, {
    ...(logGroupName !== undefined && { logGroupName }),
    retention: RetentionDays.ONE_MONTH,
    removalPolicy,
  })
}
