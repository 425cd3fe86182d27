/** Faults over HTTP, for a cloud in another process: what `remote.ts` asks. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isSameText } from '../../lib/platform/crypto/same-text.ts'
import { parseJsonBody, readBody } from '../aws-json.ts'
import type { FaultRule, Faults } from './faults.ts'

export const faultsPath = '/_aws/faults'

const maxBytes = 64 * 1024

/** Answers who shows the secret; to everybody else there is nothing here. */
export function faultsDoor(
  faults: Faults,
  secret: string,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    const { method, headers, url = '' } = request
    const answer = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body))
    }
    // A page in the browser of this machine could ask, too, were it not for the secret.
    if (!isSameText(headers.authorization ?? '', `Bearer ${secret}`)) return answer(404, {})
    if (method === 'GET') return answer(200, faults.rules())
    if (method === 'DELETE') {
      const id = new URL(url, 'http://127.0.0.1').searchParams.get('id')
      faults.remove(id === null ? undefined : Number(id))
      return answer(200, {})
    }
    const rule = parseJsonBody(await readBody(request, maxBytes))
    if (method !== 'POST' || typeof rule['service'] !== 'string' || typeof rule['kind'] !== 'string')
      return answer(400, { message: 'expected POST of a rule with service and kind' })
    // Tests are its only writers, and have its type.
    return answer(200, faults.add(rule as unknown as FaultRule))
  }
}
