/** The one way this house makes a function: its bundle, its own role and log group, its alarms as data. */
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
  /** Folder `scripts/build.ts` wrote. */
  readonly dist: string
  /** Its bundle, `<room>/<name>`. */
  readonly bundle: string
  readonly description: string
  readonly memoryMb: number
  readonly timeout: Duration
  /** @default none */
  readonly environment?: Readonly<Record<string, string>>
  /** @default false: a regional function. At the edge AWS allows neither arm64 nor an environment. */
  readonly edge?: boolean
  /** Invocations at once that are kept for it, and more than which it never has. @default none */
  readonly concurrency?: number | undefined
}

/** What stands before a function and counts what it answered. */
export interface Answers {
  readonly asked: IMetric
  /** Answers of 5xx. */
  readonly refused: IMetric
}

/** A function that may write its own log and nothing else, until a room grants it more. */
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
      // Lambda's own segments say no more than the JSON report line, and a trace daemon needs a `*` grant.
      tracing: Tracing.DISABLED,
      ...(!edge && { environment: { ...environment } }),
      // CloudFront removes its replicas hours after a version is out of use; until then it cannot be deleted.
      ...(edge && { currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN } }),
    })
    this.#edge = edge
    this.#log = logGroup
    if (edge) {
      // CloudFront takes its replicas back in its own time, hours after the last distribution let go of the function.
      // Until then it cannot be deleted, and a stack that tries is stuck: it stays, and what it needs to run, too.
      for (const one of [this, role]) one.applyRemovalPolicy(RemovalPolicy.RETAIN)
      Validations.of(this).acknowledge({
        id: 'AwsSolutions-L1',
        reason: 'Lambda@Edge is documented for Node.js 22; regional functions run on Node.js 24.',
      })
    }
  }

  /** Lets the function do exactly these actions on exactly this resource. */
  grantActions(actions: readonly string[], resource: string): void {
    this.addToRolePolicy(new PolicyStatement({ actions: [...actions], resources: [resource] }))
  }

  /** Lets the function do these actions on a bucket's objects; a pattern of keys is given its reason. */
  grantObjects(bucket: IBucket, keys: string, actions: readonly string[], because: string): void {
    this.grantActions(actions, bucket.arnForObjects(keys))
    const { defaultChild } = bucket.node
    if (!this.role || !keys.endsWith('*')) return
    const arn =
      defaultChild !== undefined && CfnElement.isCfnElement(defaultChild)
        ? `<${Stack.of(bucket).getLogicalId(defaultChild)}.Arn>`
        : `arn:aws:s3:::${bucket.bucketName}`
    // Of another stack in the same region it is the one before references are resolved and the other after.
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

  /** Lets the function use a key for what it may reach in S3, and for nothing beside. */
  grantKey(key: IKey, ...actions: readonly ('kms:Decrypt' | 'kms:GenerateDataKey')[]): void {
    const statement = new PolicyStatement({ actions: [...actions], resources: [key.keyArn] })
    statement.addCondition('StringEquals', { 'kms:ViaService': `s3.${Stack.of(key).region}.amazonaws.com` })
    this.addToRolePolicy(statement)
  }

  /**
   * Of a hundred requests, how many the function failed. Handlers catch what goes wrong and answer it, so that
   * Lambda's own count of errors is of crashes and timeouts alone: what they log as an error counts as much, and so
   * does what was answered by whatever stands before the function, which may not have reached it at all.
   */
  watchFaults(title: string, advice: string, answers?: Answers): Watch {
    const parts = {
      said: this.countLines('Faults', '{ $.level = "ERROR" || $.level = "FATAL" }'),
      ended: this.#count('Errors'),
      ...(answers && { refused: answers.refused }),
    }
    const most = Object.keys(parts).map((part) => `FILL(${part}, 0)`)
    const metric = new MathExpression({
      // The largest of them, because one failure is often counted by more than one.
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

  /** What the function's URL counts. */
  urlAnswers(): Answers {
    return { asked: this.#count('UrlRequestCount'), refused: this.#count('Url5xxCount') }
  }

  /** How many lines of the function's log fit a pattern of CloudWatch Logs, in five minutes. */
  countLines(name: string, pattern: string): Metric {
    const named = { metricNamespace: Stack.of(this).stackName, metricName: `${this.node.id}${name}` }
    new MetricFilter(this, name, {
      logGroup: this.#log,
      filterPattern: FilterPattern.literal(pattern),
      ...named,
      metricValue: '1',
      // Lines that do not fit make it 0, so that "nothing wrong" is not "nothing known".
      defaultValue: 0,
    })
    return new Metric({
      namespace: named.metricNamespace,
      metricName: named.metricName,
      statistic: 'Sum',
      period: Duration.minutes(5),
    })
  }

  /** The largest value lines of the function's log have that fit a pattern, in five minutes. */
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

  /** The slowest of a hundred invocations. */
  watchSlowest(title: string, advice: string, above: number): Watch {
    const metric = this.metricDuration({ statistic: 'p99', period: Duration.minutes(5) })
    return { id: `${this.node.id}Slowest`, title, advice, metric, wrong: { above }, unit: 'ms', periods: 3 }
  }

  #count(metricName: 'Errors' | 'Invocations' | 'UrlRequestCount' | 'Url5xxCount'): Metric {
    return new Metric({
      namespace: 'AWS/Lambda',
      metricName,
      // A replica at the edge counts under its home region and name, in the region it ran in: the shield's.
      dimensionsMap: { FunctionName: this.#edge ? `us-east-1.${this.functionName}` : this.functionName },
      statistic: 'Sum',
      period: Duration.minutes(5),
    })
  }
}

/** How cdk-nag writes the ARN of a bucket of another stack: by the output CDK gives the bucket's stack for it. */
function farArn(bucket: IBucket): string {
  const stack = Stack.of(bucket)
  const arn: unknown = stack.resolve(bucket.bucketArn)
  // One that was taken over is known by its name.
  if (!JSON.stringify(arn).includes('Fn::GetAtt')) return `arn:aws:s3:::${bucket.bucketName}`
  const published = stack.node.tryFindChild('Publish') ?? new Construct(stack, 'Publish')
  const id = `Output${JSON.stringify(arn)}`
  const output = published.node.tryFindChild(id) ?? new CfnOutput(published, id, { value: bucket.bucketArn })
  const OutputName = CfnElement.isCfnElement(output) ? stack.getLogicalId(output) : ''
  const { stackName: StackName, region: Region } = stack
  return JSON.stringify({ 'Fn::GetStackOutput': { StackName, Region, OutputName } })
}

/** At the edge a name of our own keeps its form in every region; the default one is prefixed there. */
const edgeLog = (scope: Construct, bundle: string): HouseLogOptions => ({
  logGroupName: `/${Stack.of(scope).stackName}-${stackMark}/${bundle}`,
  removalPolicy: RemovalPolicy.RETAIN,
})

/** A replica writes in the region it runs in, where nobody made the group. */
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

/** nodejs24.x is not documented for the edge: the one place to change when it is. */
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
