/** AWS's own managed policies that a stack of functions attaches; others grant nothing here and are named at start. */

/** Actions on any resource by the policy's name, as the AWS Managed Policy Reference lists them. */
export const managedPolicies: ReadonlyMap<string, readonly string[]> = new Map([
  ['AWSLambdaBasicExecutionRole', logs()],
  [
    'AWSLambdaSQSQueueExecutionRole',
    logs('sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'),
  ],
  [
    'AWSLambdaDynamoDBExecutionRole',
    logs(
      'dynamodb:DescribeStream',
      'dynamodb:GetRecords',
      'dynamodb:GetShardIterator',
      'dynamodb:ListStreams',
    ),
  ],
  [
    'AWSLambdaKinesisExecutionRole',
    logs(
      'kinesis:DescribeStream',
      'kinesis:DescribeStreamSummary',
      'kinesis:GetRecords',
      'kinesis:GetShardIterator',
      'kinesis:ListShards',
      'kinesis:ListStreams',
      'kinesis:SubscribeToShard',
    ),
  ],
  [
    'AWSXRayDaemonWriteAccess',
    ['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules'],
  ],
])

function logs(...more: readonly string[]): readonly string[] {
  return ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents', ...more]
}
