/** The authorizer before the operator's HTTP API (REQUEST, payload 2.0, simple responses). */
import type { APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda'
import { readConfig } from '../../lib/platform/config.ts'
import { logOf } from '../../lib/platform/log.ts'
import { answerGate, type GateAnswer } from '../../lib/platform/operator/operator-gate.ts'
import { operatorVerifier } from '../../lib/platform/operator/operator-key.ts'

const log = logOf({ handler: 'gate' })
const verify = operatorVerifier(readConfig(['OPERATOR_SECRET']).OPERATOR_SECRET, Date.now)

export async function handler(event: APIGatewayRequestAuthorizerEventV2): Promise<GateAnswer> {
  try {
    return await answerGate(verify, event.headers?.['authorization'])
  } catch (error) {
    log.error('nobody can be let in', error, { requestId: event.requestContext.requestId })
    throw error
  }
}
