/** What CloudFront gives an edge function at origin-request. */
import type { CloudFrontRequestEvent } from 'aws-lambda'

/** What differs. */
export interface EdgeEventOptions {
  /** With a leading slash. */
  readonly uri: string
  readonly querystring?: string
  /** What headers of the origin say, without their `x-headend-`. */
  readonly settings: Readonly<Record<string, string>>
}

/** The event of one request. */
export function edgeEvent({ uri, querystring = '', settings }: EdgeEventOptions): CloudFrontRequestEvent {
  const customHeaders = Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      `x-headend-${name}`,
      [{ key: `x-headend-${name}`, value }],
    ]),
  )
  const custom = {
    customHeaders,
    domainName: 'x',
    keepaliveTimeout: 5,
    path: '',
    port: 443,
    protocol: 'https' as const,
    readTimeout: 30,
    sslProtocols: ['TLSv1.2'],
  }
  const config = {
    distributionDomainName: 'd.cloudfront.net',
    distributionId: 'E',
    eventType: 'origin-request' as const,
    requestId: 'r',
  }
  const request = { clientIp: '192.0.2.1', method: 'GET', uri, querystring, headers: {} }
  return { Records: [{ cf: { config, request: { ...request, origin: { custom } } } }] }
}
