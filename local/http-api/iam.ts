/** A route's `AWS_IAM`: the signature of who asks, and whether they may call the route. */
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { type Credentials, identifyCaller, readSignature } from '../gateway/index.ts'
import { type Authorize, AwsFault, account, type Caller } from '../service.ts'

/** `requestContext.authorizer.iam` of payload 2.0. */
export interface IamContext {
  readonly accessKey: string
  readonly accountId: string
  readonly callerId: string
  readonly cognitoIdentity: null
  readonly principalOrgId: null
  readonly userArn: string
  readonly userId: string
}

export interface IamQuestion {
  readonly request: IncomingMessage
  readonly body: Buffer
  readonly routeArn: string
}

/** Says who asks; undefined for those who may not, who are all told no more than Forbidden. */
export type IamAuthorizer = (question: IamQuestion) => IamContext | undefined

export function iamAuthorizer({
  credentials,
  authorize,
  now,
}: {
  readonly credentials: Credentials
  readonly authorize: Authorize
  /** Epoch milliseconds. */
  readonly now: () => number
}): IamAuthorizer {
  return ({ request, body, routeArn }) => {
    try {
      const signature = readSignature(request, new URLSearchParams(request.url?.split('?', 2)[1]))
      // A signature for another service opens nothing here.
      if (signature?.service !== 'execute-api') return undefined
      const caller = identifyCaller({ request, credentials, nowMs: now(), body })
      authorize(caller, 'execute-api:Invoke', routeArn)
      return contextOf(caller, signature.accessKeyId)
    } catch (error) {
      if (error instanceof AwsFault) return undefined
      throw error
    }
  }
}

function contextOf(caller: Caller, accessKey: string): IamContext | undefined {
  if (caller.kind === 'anonymous' || caller.kind === 'service') return undefined
  const id = createHash('sha256').update(accessKey).digest('hex').slice(0, 17).toUpperCase()
  const callerId = caller.kind === 'role' ? `AROA${id}:${caller.role}` : `AIDA${id}`
  return {
    accessKey,
    accountId: account,
    callerId,
    cognitoIdentity: null,
    principalOrgId: null,
    userArn:
      caller.kind === 'role'
        ? `arn:aws:sts::${account}:assumed-role/${caller.role}/${caller.role}`
        : `arn:aws:iam::${account}:user/${accessKey}`,
    userId: callerId,
  }
}
