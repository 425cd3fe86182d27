/** What CloudWatch would have measured of a headend that runs here: counted at its doors, functions, queues and logs. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import type { Server, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { InProcess } from '../house/in-process.ts'
import { at, type CloudTemplate, named, ofType, refs } from '../stack/template.ts'
import { filtersOf } from './deployed.ts'
import { type LogEvent, logFilter } from './log-filter.ts'

/** Values of one period, by the name of their metric. */
export type Sample = ReadonlyMap<string, readonly number[]>

export interface Observer {
  /** What happened since it was asked before. */
  sample(): Promise<Sample>
  stop(): void
}

interface Door {
  asked: number
  failed: number
}

/** How a client of AWS reaches a headend that runs here. */
export const clientOf = ({ outputs }: InProcess) => ({
  endpoint: outputs['AwsEndpoint'] ?? '',
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
})

/** Begins to count; doors are the Function URLs, the HTTP APIs and the distribution. */
export function observe(house: InProcess, template: CloudTemplate): Observer {
  const doors = new Map<string, Door>()
  const nameOf = doorNames(house, template)
  const counted = (message: unknown): void => {
    const { response, server } = message as { response: ServerResponse; server: Server }
    const address = server.address()
    const name = nameOf(response, typeof address === 'object' ? address?.port : undefined)
    if (name === undefined) return
    const door = doors.get(name) ?? { asked: 0, failed: 0 }
    door.asked++
    if (response.statusCode >= 500) door.failed++
    doors.set(name, door)
  }
  subscribe('http.server.response.finish', counted)
  let functions = functionCounts(house)
  let throttled = throttles(house, template)
  const read = new Map<string, number>()
  return {
    async sample() {
      await written(house)
      const values = new Map<string, number[]>()
      const add = (metric: string, ...more: number[]) =>
        values.set(metric, [...(values.get(metric) ?? []), ...more])
      for (const [name, { asked, failed }] of doors) addDoor(add, name, asked, failed)
      doors.clear()
      const now = functionCounts(house)
      for (const { id } of ofType(template, 'AWS::Lambda::Function'))
        addFunction(add, id, difference(ofFunction(now, id), ofFunction(functions, id)))
      functions = now
      const throttledNow = throttles(house, template)
      for (const [metric, count] of throttledNow)
        if (count > (throttled.get(metric) ?? 0)) add(metric, count - (throttled.get(metric) ?? 0))
      throttled = throttledNow
      for (const [id, visible] of await messages(house, template))
        add(`AWS/SQS ApproximateNumberOfMessagesVisible QueueName=${id}`, visible)
      addLines(add, template, (id) => newLines(house, id, read))
      return values
    },
    stop: () => unsubscribe('http.server.response.finish', counted),
  }
}

type Add = (metric: string, ...values: number[]) => void

/** Which door an answer went out by, as `url <function>`, `api <id>` or `cdn <id>`. */
function doorNames(
  house: InProcess,
  template: CloudTemplate,
): (response: ServerResponse, here: number | undefined) => string | undefined {
  const port = (output: string) => Number(new URL(house.outputs[output] ?? 'http://none').port)
  const apis = new Map<number, string>()
  for (const { id } of ofType(template, 'AWS::ApiGatewayV2::Api'))
    for (const [output, part] of [
      ['ApiUrl', 'Catalogue'],
      ['SpekeUrl', 'Speke'],
    ] as const)
      if (id.includes(part)) apis.set(port(output), id)
  const licence = ofType(template, 'AWS::ApiGatewayV2::Api').find(({ id }) => id.includes('Licence'))
  const [distribution] = ofType(template, 'AWS::CloudFront::Distribution')
  const [cdn, aws] = [port('PlaybackUrl'), port('AwsEndpoint')]
  return (response, here = 0) => {
    if (here === cdn) return `cdn ${distribution?.id}`
    if (here === aws) {
      const url = /^\/_aws\/lambda-url\/(\w+)/.exec(response.req.url ?? '')?.[1]
      const target = url && named(template, 'AWS::Lambda::Function', at(template.Resources, url))
      return target ? `url ${target.id}` : undefined
    }
    // No output names the port of the licences' API, and nothing else listens in this process.
    return `api ${apis.get(here) ?? licence?.id}`
  }
}

function addDoor(add: Add, name: string, asked: number, failed: number): void {
  const [kind, id] = name.split(' ')
  if (kind === 'cdn')
    return add(`AWS/CloudFront 5xxErrorRate DistributionId=${id} Region=Global`, (100 * failed) / asked)
  if (kind === 'url') {
    add(`AWS/Lambda UrlRequestCount FunctionName=${id}`, asked)
    return add(`AWS/Lambda Url5xxCount FunctionName=${id}`, failed)
  }
  add(`AWS/ApiGateway Count ApiId=${id}`, asked)
  return add(`AWS/ApiGateway 5xx ApiId=${id}`, failed)
}

interface Counts {
  readonly invocations: number
  readonly errors: number
  readonly throttles: number
}

const none: Counts = { invocations: 0, errors: 0, throttles: 0 }

const functionCounts = ({ cloud }: InProcess): ReadonlyMap<string, Counts> =>
  new Map(Object.entries(cloud.functions()).map(([name, counts]) => [name, { ...counts }]))

/** Of the function with a logical id, whatever stands before it in its name. */
const ofFunction = (all: ReadonlyMap<string, Counts>, id: string): Counts =>
  [...all].find(([name]) => name.endsWith(id))?.[1] ?? none

const difference = (now: Counts, before: Counts): Counts => ({
  invocations: now.invocations - before.invocations,
  errors: now.errors - before.errors,
  throttles: now.throttles - before.throttles,
})

function addFunction(add: Add, id: string, { invocations, errors, throttles: turnedAway }: Counts): void {
  if (invocations + turnedAway === 0) return
  add(`AWS/Lambda Invocations FunctionName=${id}`, invocations)
  add(`AWS/Lambda Errors FunctionName=${id}`, errors)
  add('AWS/Lambda Throttles', turnedAway)
}

/** Calls of tables that were throttled, as the rules of the run count them. */
function throttles({ cloud }: InProcess, template: CloudTemplate): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { rule, met } of cloud.faults?.rules() ?? []) {
    if (rule.service !== 'dynamodb' || rule.kind !== 'throttle') continue
    const { resource = '' } = rule
    const table = ofType(template, 'AWS::DynamoDB::GlobalTable').find(({ id }) => id.includes(resource))
    counts.set(`AWS/DynamoDB ReadThrottleEvents TableName=${table?.id}`, met)
  }
  return counts
}

async function messages(house: InProcess, template: CloudTemplate): Promise<ReadonlyMap<string, number>> {
  const sqs = new SQSClient(clientOf(house))
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}))
  const counts = new Map<string, number>()
  for (const { id } of ofType(template, 'AWS::SQS::Queue')) {
    const QueueUrl = QueueUrls.find((url) => url.includes(id))
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
    )
    counts.set(id, Number(Attributes?.['ApproximateNumberOfMessages']))
  }
  sqs.destroy()
  return counts
}

function addLines(add: Add, template: CloudTemplate, linesOf: (id: string) => readonly LogEvent[]): void {
  for (const { id, properties } of ofType(template, 'AWS::Lambda::Function')) {
    const [group] = refs(at(properties, 'LoggingConfig', 'LogGroup'))
    const filters = filtersOf(template).filter((filter) => filter.group === group)
    if (filters.length === 0) continue
    const lines = linesOf(id)
    for (const { pattern, metric, value, fallback } of filters) {
      const fits = logFilter(pattern)
      for (const line of lines) {
        const said = fits(line) ? valueOf(line, value) : fallback
        if (said !== undefined) add(metric, said)
      }
    }
  }
}

/** `1`, or what stands at `$.storeBytes`. */
function valueOf(line: LogEvent, value: string): number {
  return value.startsWith('$.') ? Number(at(line, ...value.slice(2).split('.'))) : Number(value)
}

function newLines({ dataDir }: InProcess, id: string, read: Map<string, number>): readonly LogEvent[] {
  const name = readdirSync(join(dataDir, 'logs')).find((file) => file.endsWith(`${id}.log`))
  if (name === undefined) return []
  const lines = readFileSync(join(dataDir, 'logs', name), 'utf8')
    .split('\n')
    .slice(0, -1)
  const fresh = lines.slice(read.get(id) ?? 0)
  read.set(id, lines.length)
  return fresh.map((line) => asLogged(JSON.parse(line) as LocalLine))
}

/** Waits until no log grows any more: lines reach their files behind the answers they are of. */
async function written({ dataDir }: InProcess): Promise<void> {
  const size = () =>
    readdirSync(join(dataDir, 'logs')).reduce(
      (sum, name) => sum + statSync(join(dataDir, 'logs', name)).size,
      0,
    )
  for (let before = -1; before !== size(); ) {
    before = size()
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
}

interface LocalLine {
  readonly time: string
  readonly level: string
  readonly message: string
  readonly requestId?: string
  readonly detail?: LogEvent
}

/** A line of the local log as Lambda writes it in its JSON format. */
function asLogged({ time, level, message, requestId, detail }: LocalLine): LogEvent {
  // What the function wrote itself stands as it wrote it.
  if (detail?.['level'] !== undefined) return detail
  const isTimeout = detail?.['errorType'] === 'Sandbox.Timedout'
  // Lambda's own reports have no level: a timeout is told by nothing but one of these.
  if (message === 'REPORT' || isTimeout)
    return { time, type: 'platform.report', record: { requestId, status: isTimeout ? 'timeout' : 'success' } }
  return { timestamp: time, level, requestId, message, ...detail }
}
