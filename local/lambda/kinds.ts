/** The resource types of Lambda, but for what stands before functions: URLs and event source mappings. */
import { ownName, ownText, serviceArn, stackName, withArn } from '../template/identity.ts'
import type { Identity, ResourceKind, Subject } from '../template/model.ts'
import { functionPermission } from './permission.ts'

export const lambdaKinds: readonly ResourceKind[] = [
  {
    type: 'AWS::Lambda::Function',
    here: 'runs',
    identify: (subject) => withArn(subject, ownName(subject, 'FunctionName', 64), 'lambda', 'function:'),
  },
  { type: 'AWS::Lambda::Version', here: 'runs', identify: version },
  { type: 'AWS::Lambda::Alias', here: 'absent', identify: alias },
  {
    type: 'AWS::Lambda::Permission',
    here: 'runs',
    identify: (subject) => ({
      name: stackName(subject, 100),
      attributes: { Id: stackName(subject, 100) },
    }),
    policies: (permission) => [functionPermission(permission)],
  },
  {
    type: 'AWS::Lambda::EventInvokeConfig',
    here: 'runs',
    identify: (subject) => ({ name: stackName(subject, 100) }),
  },
  {
    type: 'AWS::Lambda::LayerVersion',
    here: { inert: 'the AWS CLI of bucket deployments, which are done natively' },
    identify: layerVersion,
  },
]

/** One version of each function runs here: the template's. */
function version(subject: Subject): Identity {
  const arn = `${functionArnOf(subject)}:1`
  return { name: '1', ref: arn, attributes: { Version: '1', FunctionArn: arn } }
}

function alias(subject: Subject): Identity {
  const name = ownText(subject, 'Name') ?? subject.id
  const arn = `${functionArnOf(subject)}:${name}`
  return { name, ref: arn, attributes: { AliasArn: arn } }
}

function layerVersion(subject: Subject): Identity {
  const arn = serviceArn(subject, 'lambda', `layer:${subject.id}:1`)
  return { name: subject.id, ref: arn, attributes: { LayerVersionArn: arn } }
}

function functionArnOf(subject: Subject): string {
  const name = ownText(subject, 'FunctionName') ?? subject.id
  return name.startsWith('arn:') ? name : serviceArn(subject, 'lambda', `function:${name}`)
}
