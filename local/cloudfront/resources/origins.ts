/** Where a distribution's origins are on this machine, and how the endpoint knows who asks. */

import type { Credentials } from '../../gateway/index.ts'
import type { Caller } from '../../service.ts'
import type { Template } from '../../template/model.ts'
import type { Connect } from '../index.ts'

/** Finds the origin by the host AWS gives it; another host is none of this cloud. */
export function originConnections(template: Template, credentials: Credentials): Connect {
  const authorizations = new Map<string, string>()
  return (domainName, caller) => {
    const url = template.address(domainName)
    if (url === undefined) return undefined
    return { url, headers: caller === undefined ? {} : signedFor(caller) }
  }

  function signedFor(caller: Caller): Readonly<Record<string, string>> {
    const key = JSON.stringify(caller)
    const authorization = authorizations.get(key) ?? credentials.forService(caller)
    authorizations.set(key, authorization)
    return { authorization }
  }
}
