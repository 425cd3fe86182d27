/** `AWS::Lambda::Permission`: one statement of a function's resource policy. */
import { broken } from '../iam/malformed.ts'
import { account } from '../service.ts'
import type { AttachedPolicy, Resource } from '../template/model.ts'

/** The permission as a policy of its function. */
export function functionPermission({ id, properties }: Resource): AttachedPolicy {
  const { FunctionName: target, Action: action, Principal: principal } = properties
  if (typeof target !== 'string' || typeof action !== 'string' || typeof principal !== 'string') {
    throw broken(id, 'FunctionName, Action and Principal', properties)
  }
  const arn = target.startsWith('arn:') ? target : `arn:aws:lambda:us-east-1:${account}:function:${target}`
  const conditions = [
    ['ArnLike', 'AWS:SourceArn', properties['SourceArn']],
    ['StringEquals', 'AWS:SourceAccount', properties['SourceAccount']],
    ['StringEquals', 'lambda:FunctionUrlAuthType', properties['FunctionUrlAuthType']],
    ['Bool', 'lambda:InvokedViaFunctionUrl', properties['InvokedViaFunctionUrl']],
  ].filter(([, , value]) => value !== undefined)
  const block: Record<string, Record<string, unknown>> = {}
  for (const [operator, key, value] of conditions) {
    block[String(operator)] = { ...block[String(operator)], [String(key)]: value }
  }
  const who = principal === '*' ? '*' : principal.includes('.') ? { Service: principal } : { AWS: principal }
  return {
    arn: arn.split(':').slice(0, 7).join(':'),
    where: id,
    document: {
      Version: '2012-10-17',
      // A grant on the function serves its versions as well.
      Statement: [
        { Effect: 'Allow', Principal: who, Action: action, Resource: [arn, `${arn}:*`], Condition: block },
      ],
    },
  }
}
