/** The local CloudFormation: DescribeStacks for the stacks that run, in the query protocol's XML. */
import { randomUUID } from 'node:crypto'
import { readBody } from '../aws-json.ts'
import { escapeText } from '../s3/xml.ts'
import { type Authorize, AwsFault, type AwsService, account, type Caller } from '../service.ts'

/** A stack that runs. */
export interface RunningStack {
  readonly name: string
  readonly region: string
  readonly outputs: () => Readonly<Record<string, string>>
}

const maxBytes = 1024 * 1024

export function createCloudFormation({
  region,
  stacks,
  authorize,
}: {
  readonly region: string
  readonly stacks: readonly RunningStack[]
  readonly authorize: Authorize
}): AwsService {
  const here = stacks.filter((stack) => stack.region === region)
  const describe = (input: URLSearchParams, caller: Caller): string => {
    const action = input.get('Action') ?? ''
    if (action !== 'DescribeStacks') throw new AwsFault('InvalidAction', `${action} is not done here`)
    const name = input.get('StackName')
    authorize(caller, 'cloudformation:DescribeStacks', arnOf(region, name ?? '*'))
    const found = here.filter(
      (stack) => name === null || name === stack.name || name === arnOf(region, stack.name),
    )
    if (name !== null && found.length === 0)
      throw new AwsFault('ValidationError', `Stack with id ${name} does not exist`)
    return element('DescribeStacksResult', element('Stacks', found.map(stackXml).join('')))
  }
  return {
    name: 'cloudformation',
    async handle(request, response, caller) {
      const requestId = randomUUID()
      const send = (status: number, body: string): void => {
        response.writeHead(status, { 'content-type': 'text/xml', 'x-amzn-requestid': requestId })
        response.end(body)
      }
      try {
        const result = describe(new URLSearchParams((await readBody(request, maxBytes)).toString()), caller)
        const metadata = element('ResponseMetadata', element('RequestId', requestId))
        send(
          200,
          `<DescribeStacksResponse xmlns="${namespace}">${result}${metadata}</DescribeStacksResponse>`,
        )
      } catch (error) {
        const { code, message, status } =
          error instanceof AwsFault ? error : new AwsFault('InternalFailure', String(error), 500)
        const said =
          element('Type', 'Sender') + element('Code', code) + element('Message', escapeText(message))
        send(
          status,
          `<ErrorResponse xmlns="${namespace}">${element('Error', said)}${element('RequestId', requestId)}</ErrorResponse>`,
        )
      }
    },
    close: () => Promise.resolve(),
  }
}

const namespace = 'http://cloudformation.amazonaws.com/doc/2010-05-15/'

const arnOf = (region: string, name: string): string =>
  `arn:aws:cloudformation:${region}:${account}:stack/${name}/*`

function stackXml({ name, outputs }: RunningStack): string {
  const members = Object.entries(outputs()).map(([key, value]) =>
    element('member', element('OutputKey', key) + element('OutputValue', escapeText(value))),
  )
  return element(
    'member',
    element('StackName', name) +
      element('StackStatus', 'CREATE_COMPLETE') +
      element('Outputs', members.join('')),
  )
}

const element = (name: string, content: string): string => `<${name}>${content}</${name}>`
