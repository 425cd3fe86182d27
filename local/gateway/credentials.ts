/** The credentials of this run: those of every role, and those one part of the cloud shows another. */
import { createHash, randomBytes } from 'node:crypto'
import type { Caller } from '../service.ts'

/** What a function signs with. */
export interface RoleCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
}

export interface Credentials {
  /** The credentials of a role, by logical id; the same all through the run. */
  forRole(role: string): RoleCredentials
  /** The role an access key belongs to; undefined: the key is the person's. */
  find(accessKeyId: string): { readonly role: string; readonly credentials: RoleCredentials } | undefined
  /** An Authorization header for a request that a part of the cloud makes to another (origin access control). */
  forService(caller: Caller): string
  findService(authorization: string): Caller | undefined
}

/** New secrets at every start, so that what was signed in an earlier run is not taken in this one. */
export function createCredentials(): Credentials {
  const byRole = new Map<string, RoleCredentials>()
  const roles = new Map<string, string>()
  const services = new Map<string, Caller>()
  return {
    forRole(role) {
      const known = byRole.get(role)
      if (known !== undefined) return known
      const credentials = {
        // ASIA: temporary credentials, which are taken only with their session token.
        accessKeyId: `ASIA${createHash('sha256').update(role).digest('hex').slice(0, 16).toUpperCase()}`,
        secretAccessKey: randomBytes(30).toString('base64'),
        sessionToken: randomBytes(48).toString('base64'),
      }
      byRole.set(role, credentials)
      roles.set(credentials.accessKeyId, role)
      return credentials
    },
    find(accessKeyId) {
      const role = roles.get(accessKeyId)
      const credentials = role === undefined ? undefined : byRole.get(role)
      return role === undefined || credentials === undefined ? undefined : { role, credentials }
    },
    forService(caller) {
      const authorization = `${serviceScheme}${randomBytes(24).toString('base64url')}`
      services.set(authorization, caller)
      return authorization
    },
    findService: (authorization) => services.get(authorization),
  }
}

const serviceScheme = 'AWS-LOCAL-SERVICE '
