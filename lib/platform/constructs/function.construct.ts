/** Functions with the settings common to all: bundle, own role and log group, alarms as data. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { CfnElement, CfnOutput, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib'
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch'
import {
  CompositePrincipal,
  type IPrincipal,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda'
import { FilterPattern, type LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs'
import type { IBucket } from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import { HeadendError } from '../../errors.ts'
import { type HouseLogOptions, houseLog } from './log.construct.ts'
import { stackMark } from './stack-mark.construct.ts'
import type { Watch } from './watch.construct.ts'

export interface HouseFunctionProps {
  /** The output folder of `scripts/build.ts`. */
  readonly dist: string
  /** The bundle's name, `<room>/<name>`. */
  readonly bundle: string
  readonly description: string
  readonly memoryMb: number
  readonly timeout: Duration
  /** @default none */
  readonly environment?: Readonly<Record<string, string>>
  /** True for Lambda@Edge, which allows neither arm64 nor an environment. @default false: a regional function */
  readonly edge?: boolean
  /** Reserved concurrency, which is also the maximum. @default none */
  readonly concurrency?: number | undefined
}

/** Request metrics of what stands in front of a function. */
export interface Answers {
  readonly asked: IMetric
  /** 5xx answers. */
  readonly refused: IMetric
}

/** A function that may only write its own log until a room grants it more. */
export class HouseFunction extends LambdaFunction {
  readonly #edge: boolean
  readonly #log: LogGroup

  constructor(scope: Construct, id: string, props: HouseFunctionProps) {
    const { dist, bundle, description, memoryMb, timeout, environment = {}, edge = false } = props
    const { concurrency } = props
    const logGroup = houseLog(scope, `${id}Log`, edge ? edgeLog(scope, bundle) : {})
    const role = new Role(scope, `${id}Role`, { assumedBy: runsAs(edge), description: `Runs ${bundle}` })
    if (edge) grantWriteEverywhere(logGroup, role)
    else logGroup.grantWrite(role)
    super(scope, id, {
      description,
      code: Code.fromAsset(bundleFolder(dist, bundle)),
      handler: 'index.handler',
      runtime: edge ? edgeRuntime : Runtime.NODEJS_24_X,
      architecture: edge ? Architecture.X86_64 : Architecture.ARM_64,
      memorySize: memoryMb,
      timeout,
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      ...(concurrency !== undefined && { reservedConcurrentExecutions: concurrency }),
      // Lambda's own trace segments add nothing to the JSON report line, and a trace daemon needs a `*` grant.
      tracing: Tracing.DISABLED,
      ...(!edge && { environment: { ...environment } }),
      // CloudFront removes its replicas hours after a version is out of use; until then the version cannot be deleted.
      ...(edge && { currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN } }),
    })
    this.#edge = edge
    this.#log = logGroup
    if (edge) {
      // CloudFront removes its replicas hours after the last distribution has released the function. Until then it
      // cannot be deleted, and a stack that tries gets stuck: so the function is retained, and the role it runs with,
      // too.
      for (const one of [this, role]) one.applyRemovalPolicy(RemovalPolicy.RETAIN)
      Validations.of(this).acknowledge({
        id: 'AwsSolutions-L1',
        reason: 'Lambda@Edge is documented for Node.js 22; regional functions run on Node.js 24.',
      })
    }
  }

  /** Allows exactly these actions on exactly this resource. */
  grantActions(actions: readonly string[], resource: string): void {
    this.addToRolePolicy(new PolicyStatement({ actions: [...actions], resources: [resource] }))
  }

  /** Allows these actions on a bucket's objects; `because` justifies a key pattern to cdk-nag. */
  grantObjects(bucket: IBucket, keys: string, actions: readonly string[], because: string): void {
    this.grantActions(actions, bucket.arnForObjects(keys))
    const { defaultChild } = bucket.node
    if (!this.role || !keys.endsWith('*')) return
    const arn =
      defaultChild !== undefined && CfnElement.isCfnElement(defaultChild)
        ? `<${Stack.of(bucket).getLogicalId(defaultChild)}.Arn>`
        : `arn:aws:s3:::${bucket.bucketName}`
    // For another stack of the same region cdk-nag sees one form before references are resolved and the other after.
    const isNear = Stack.of(bucket).region === Stack.of(this).region
    const written = new Set([
      ...(isNear ? [arn] : []),
      ...(Stack.of(bucket) === Stack.of(this) ? [] : [farArn(bucket)]),
    ])
    for (const one of written)
      Validations.of(this.role).acknowledge({
        id: `AwsSolutions-IAM5[Resource::${one}/${keys}]`,
        reason: because,
      })
  }

  /** Lets the function use a key through S3 only. */
  grantKey(key: IKey, ...actions: readonly ('kms:Decrypt' | 'kms:GenerateDataKey')[]): void {
    const statement = new PolicyStatement({ actions: [...actions], resources: [key.keyArn] })
    statement.addCondition('StringEquals', { 'kms:ViaService': `s3.${Stack.of(key).region}.amazonaws.com` })
    this.addToRolePolicy(statement)
  }

  /**
   * The percentage of requests that failed. Handlers catch errors and answer them, so Lambda's own error metric counts
   * crashes and timeouts only. Added here are log lines at error level, and the 5xx answers of what stands in front of
   * the function, which may not have reached it at all.
   */
  watchFaults(title: string, advice: string, answers?: Answers): Watch {
    const parts = {
      said: this.countLines('Faults', '{ $.level = "ERROR" || $.level = "FATAL" }'),
      ended: this.#count('Errors'),
      ...(answers && { refused: answers.refused }),
    }
    const most = Object.keys(parts).map((part) => `FILL(${part}, 0)`)
    const metric = new MathExpression({
      // The maximum of them, because one failure is often counted by more than one.
      expression: `100 * MAX([${most.join(', ')}]) / FILL(asked, 1)`,
      label: title,
      usingMetrics: { ...parts, asked: answers?.asked ?? this.#count('Invocations') },
      period: Duration.minutes(5),
    })
    return {
      id: `${this.node.id}Faults`,
      title,
      advice,
      metric,
      beside: Object.values(parts),
      wrong: { above: 1 },
      unit: '%',
      periods: 2,
    }
  }

  /** The metrics of the function's URL. */
  urlAnswers(): Answers {
    return { asked: this.#count('UrlRequestCount'), refused: this.#count('Url5xxCount') }
  }

  /** A metric: the number of the function's log lines that match a CloudWatch Logs pattern, in five minutes. */
  countLines(name: string, pattern: string): Metric {
    const named = { metricNamespace: Stack.of(this).stackName, metricName: `${this.node.id}${name}` }
    new MetricFilter(this, name, {
      logGroup: this.#log,
      filterPattern: FilterPattern.literal(pattern),
      ...named,
      metricValue: '1',
      // Lines that do not match count as 0, so that "no faults" differs from "no data".
      defaultValue: 0,
    })
    return new Metric({
      namespace: named.metricNamespace,
      metricName: named.metricName,
      statistic: 'Sum',
      period: Duration.minutes(5),
    })
  }

  /** A metric: the maximum of a value in the function's log lines that match a pattern, in five minutes. */
  measureLines(name: string, pattern: string, metricValue: string): Metric {
    const named = { metricNamespace: Stack.of(this).stackName, metricName: name }
    const filterPattern = FilterPattern.literal(pattern)
    new MetricFilter(this, name, { logGroup: this.#log, filterPattern, ...named, metricValue })
    return new Metric({
      namespace: named.metricNamespace,
      metricName: named.metricName,
      statistic: 'Maximum',
      period: Duration.minutes(5),
    })
  }

  /** Watches the 99th percentile of the duration. */
  watchSlowest(title: string, advice: string, above: number): Watch {
    const metric = this.metricDuration({ statistic: 'p99', period: Duration.minutes(5) })
    return { id: `${this.node.id}Slowest`, title, advice, metric, wrong: { above }, unit: 'ms', periods: 3 }
  }

  #count(metricName: 'Errors' | 'Invocations' | 'UrlRequestCount' | 'Url5xxCount'): Metric {
    return new Metric({
      namespace: 'AWS/Lambda',
      metricName,
      // A replica at the edge reports under its home region and name, in the region it ran in: the shield's.
      dimensionsMap: { FunctionName: this.#edge ? `us-east-1.${this.functionName}` : this.functionName },
      statistic: 'Sum',
      period: Duration.minutes(5),
    })
  }
}

/** A bucket of another stack as cdk-nag writes its ARN: by the output CDK gives the bucket's stack for it. */
function farArn(bucket: IBucket): string {
  const stack = Stack.of(bucket)
  const arn: unknown = stack.resolve(bucket.bucketArn)
  // A bucket that was taken over has a literal name.
  if (!JSON.stringify(arn).includes('Fn::GetAtt')) return `arn:aws:s3:::${bucket.bucketName}`
  const published = stack.node.tryFindChild('Publish') ?? new Construct(stack, 'Publish')
  const id = `Output${JSON.stringify(arn)}`
  const output = published.node.tryFindChild(id) ?? new CfnOutput(published, id, { value: bucket.bucketArn })
  const OutputName = CfnElement.isCfnElement(output) ? stack.getLogicalId(output) : ''
  const { stackName: StackName, region: Region } = stack
  return JSON.stringify({ 'Fn::GetStackOutput': { StackName, Region, OutputName } })
}

/** At the edge an explicit log group name is the same in every region; the default one gets a prefix. */
const edgeLog = (scope: Construct, bundle: string): HouseLogOptions => ({
  logGroupName: `/${Stack.of(scope).stackName}-${stackMark}/${bundle}`,
  removalPolicy: RemovalPolicy.RETAIN,
})

/** Lets a replica write its log in the region it runs in, where no stack has created the group. */
function grantWriteEverywhere(log: LogGroup, role: Role): void {
  const { partition, account } = Stack.of(log)
  const arn = `arn:${partition}:logs:*:${account}:log-group:${log.logGroupName}`
  const actions = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents']
  role.addToPolicy(new PolicyStatement({ actions, resources: [`${arn}:*`] }))
  const { defaultChild } = log.node
  const name = CfnElement.isCfnElement(defaultChild) ? Stack.of(log).getLogicalId(defaultChild) : ''
  Validations.of(role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::arn:${partition}:logs:*:<AWS::AccountId>:log-group:<${name}>:*]`,
    reason: 'A replica writes to the group of this one name, in whatever region it runs.',
  })
}

/** nodejs24.x is not documented for Lambda@Edge; this is the one place to change when it is. */
const edgeRuntime = Runtime.NODEJS_22_X

function runsAs(edge: boolean): IPrincipal {
  const lambda = new ServicePrincipal('lambda.amazonaws.com')
  return edge ? new CompositePrincipal(lambda, new ServicePrincipal('edgelambda.amazonaws.com')) : lambda
}

function bundleFolder(dist: string, bundle: string): string {
  const folder = join(dist, 'lambdas', bundle)
  if (existsSync(folder)) return folder
  throw new HeadendError(
    'BUILD_MISSING',
    `function ${bundle}: expected its bundle in ${folder}, got nothing; run npm run build`,
  )
}
