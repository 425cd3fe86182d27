/** The operator's licence servers: URLs and credentials. */
import * as z from 'zod'
import { HeadendError } from '../../errors.ts'

const headerName = z.string().regex(/^[A-Za-z0-9-]{1,64}$/)
const headerValue = z.string().regex(/^[\x20-\x7e]{0,4096}$/)
const serverSchema = z.object({
  url: z.url(),
  /** Credentials, mostly. */
  headers: z.record(headerName, headerValue).default({}),
})

/** Contents of the secret. */
export const licenceServersSchema = z.object({
  widevine: serverSchema.optional(),
  playready: serverSchema.optional(),
  fairplay: serverSchema
    .extend({
      /** The application certificate, DER in base64. */
      certificate: z.base64().optional(),
    })
    .optional(),
})

/** Licence servers by system. */
export type LicenceServers = z.infer<typeof licenceServersSchema>
/** One licence server. */
export type LicenceServer = z.infer<typeof serverSchema>
/** A DRM system whose licences come from the operator's server. */
export type ProxiedSystem = keyof LicenceServers

const loopback = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/

/**
 * The server's URL; throws LICENCE_SERVER_URL if it is neither https nor, where allowed, plain http to the loopback
 * address.
 */
export function serverUrl({ url }: LicenceServer, allowLoopback: boolean): URL {
  const parsed = new URL(url)
  const isPlain = parsed.protocol === 'http:' && loopback.test(parsed.hostname) && allowLoopback
  if ((parsed.protocol === 'https:' || isPlain) && parsed.username === '' && parsed.password === '')
    return parsed
  throw new HeadendError(
    'LICENCE_SERVER_URL',
    'licence server: expected an https URL without a user name; credentials go into its headers',
    { status: 500 },
  )
}
