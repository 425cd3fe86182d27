/** The origin in a Lambda@Edge event, and as the function may change it. */
import { region } from '../../service.ts'
import type { Origin } from '../config.ts'
import { EdgeFault } from './edge-fault.ts'

/** The part of an origin that a request needs, or that a function may set. */
export type ResolvedOrigin = Omit<Origin, 'id' | 'originShield'>

export function originInEvent(origin: ResolvedOrigin): object {
  const customHeaders = Object.fromEntries(
    Object.entries(origin.customHeaders).map(([key, value]) => [key.toLowerCase(), [{ key, value }]]),
  )
  if (origin.kind === 's3') {
    return {
      s3: { authMethod: 'none', customHeaders, domainName: origin.domainName, path: origin.path, region },
    }
  }
  return {
    custom: {
      customHeaders,
      domainName: origin.domainName,
      keepaliveTimeout: origin.keepaliveTimeoutSeconds,
      path: origin.path,
      port: origin.port,
      protocol: origin.protocol,
      readTimeout: origin.readTimeoutSeconds,
      sslProtocols: origin.sslProtocols,
    },
  }
}

/** The origin the function returned; access control stays with the origin it belongs to. */
export function originOfEvent(value: unknown, before: ResolvedOrigin): ResolvedOrigin {
  if (!isRecord(value)) return before
  if ('s3' in value && 'custom' in value) throw invalid('origin must be s3 or custom, not both')
  const kind = 's3' in value ? 's3' : 'custom'
  const given: unknown = value[kind]
  if (!isRecord(given)) throw invalid('origin must be an object')
  const { domainName, path } = given
  if (typeof domainName !== 'string' || domainName === '') throw invalid('origin.domainName must be a string')
  if (typeof path !== 'string' || path.endsWith('/') || (path !== '' && !path.startsWith('/'))) {
    throw invalid("origin.path must be '' or begin with a slash and not end in one")
  }
  return {
    kind,
    domainName,
    path,
    customHeaders: customHeadersOf(given['customHeaders']),
    originAccessControl: before.originAccessControl && domainName === before.domainName,
    protocol: given['protocol'] === 'http' ? 'http' : 'https',
    port: typeof given['port'] === 'number' ? given['port'] : 443,
    readTimeoutSeconds:
      typeof given['readTimeout'] === 'number' ? given['readTimeout'] : before.readTimeoutSeconds,
    keepaliveTimeoutSeconds: before.keepaliveTimeoutSeconds,
    sslProtocols: before.sslProtocols,
  }
}

function customHeadersOf(value: unknown): Record<string, string> {
  if (value === undefined) return {}
  if (!isRecord(value)) throw invalid('origin.customHeaders must be an object')
  return Object.fromEntries(
    Object.entries(value).map(([name, lines]) => {
      const first: unknown = Array.isArray(lines) ? lines[0] : undefined
      const text: unknown = isRecord(first) ? first['value'] : undefined
      if (typeof text !== 'string') throw invalid(`origin.customHeaders: ${name} must have a string value`)
      return [name.toLowerCase(), text]
    }),
  )
}

function invalid(reason: string): EdgeFault {
  return new EdgeFault('LambdaValidationError', `The Lambda function result failed validation: ${reason}`)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
