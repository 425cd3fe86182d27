/** The local Parameter Store: what the template says, read by name. Nothing is written but by the template. */
import { type JsonProtocol, serveJson } from '../aws-json.ts'
import { flag, type JsonRecord, optionalText, text, texts } from '../json-input.ts'
import { type Authorize, AwsFault, type AwsService, account, type Caller, region } from '../service.ts'

const protocol: JsonProtocol = { version: '1.1', namespace: '', maxBytes: 1024 * 1024 }

/** A value of the standard tier. */
const maxValueBytes = 4096

export interface ParametersOptions {
  readonly authorize: Authorize
  /** @default the one the whole cloud is in */
  readonly region?: string
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
}

export interface Parameters extends AwsService {
  /** Makes a parameter of its CloudFormation properties. */
  put(name: string, properties: JsonRecord): void
}

interface Parameter {
  readonly name: string
  readonly type: string
  readonly value: string
  readonly modifiedAtMs: number
}

export function createParameters({
  authorize,
  region: here = region,
  now = Date.now,
}: ParametersOptions): Parameters {
  const parameters = new Map<string, Parameter>()
  const arnOf = (name: string): string =>
    `arn:aws:ssm:${here}:${account}:parameter${name.startsWith('/') ? '' : '/'}${name}`

  /** One by its name or ARN, a version or label behind a colon. */
  function read(asked: string, caller: Caller, action: string): JsonRecord | undefined {
    const path = asked.startsWith('arn:') ? asked.split(':parameter')[1] : asked
    const [name = '', version] = (path ?? '').split(':')
    authorize(caller, `ssm:${action}`, arnOf(name))
    const parameter = parameters.get(name) ?? parameters.get(name.replace(/^\//, ''))
    if (parameter === undefined || asked.startsWith('arn:') !== (arnOf(parameter.name) === asked))
      return undefined
    // The template writes it anew at each start, and of what was before nothing is kept.
    if (version !== undefined && version !== '1') return undefined
    return {
      Name: parameter.name,
      Type: parameter.type,
      Value: parameter.value,
      Version: 1,
      LastModifiedDate: parameter.modifiedAtMs / 1000,
      ARN: arnOf(parameter.name),
      DataType: 'text',
    }
  }

  return {
    name: 'ssm',
    handle: (request, response, caller) =>
      serveJson(protocol, { request, response, caller }, ({ operation, input }) => {
        // Nothing here is a SecureString, and of others AWS ignores the wish.
        flag(input, 'WithDecryption')
        switch (operation) {
          case 'GetParameter': {
            const name = text(input, 'Name')
            const found = read(name, caller, operation)
            if (found === undefined) throw new AwsFault('ParameterNotFound', `Parameter ${name} not found.`)
            return { Parameter: found }
          }
          case 'GetParameters': {
            const names = texts(input, 'Names')
            const found = names.map((name) => read(name, caller, operation))
            return {
              Parameters: found.filter((parameter) => parameter !== undefined),
              InvalidParameters: names.filter((_, index) => found[index] === undefined),
            }
          }
          default:
            throw new AwsFault('UnknownOperationException', `${operation} is not done here`)
        }
      }),
    put(name, properties) {
      const value = text(properties, 'Value')
      const bytes = Buffer.byteLength(value)
      if (bytes === 0 || bytes > maxValueBytes) {
        throw new AwsFault(
          'ValidationException',
          `${name}: expected a value of 1 to ${maxValueBytes} bytes, got ${bytes}`,
        )
      }
      parameters.set(name, {
        name,
        type: optionalText(properties, 'Type') ?? 'String',
        value,
        modifiedAtMs: now(),
      })
    },
    close: () => Promise.resolve(),
  }
}
