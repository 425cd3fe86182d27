/** IAM among the services: roles and their policies, read when every attribute they name is known. */

import { account } from '../service.ts'
import type { ServiceModule } from '../service-module.ts'
import { hex, ownName, ownText } from '../template/identity.ts'
import type { Identity, Subject } from '../template/model.ts'
import { createIam } from './index.ts'

export const iam: ServiceModule = {
  name: 'iam',
  kinds: [
    {
      type: 'AWS::IAM::Role',
      here: 'runs',
      identify: role,
      partNotRun: (properties) => ('PermissionsBoundary' in properties ? 'PermissionsBoundary' : undefined),
    },
    { type: 'AWS::IAM::Policy', here: 'runs', identify: policy },
    { type: 'AWS::IAM::ManagedPolicy', here: 'runs', identify: managedPolicy },
  ],
  async open({ template }) {
    const rules = createIam(template, { nowMs: Date.now })
    const unknown = rules.unknownManaged.join(', ')
    return { offers: { iam: rules }, notes: unknown === '' ? [] : [`grants nothing here: ${unknown}`] }
  },
}

function role(subject: Subject): Identity {
  const name = ownName(subject, 'RoleName', 64)
  const path = ownText(subject, 'Path') ?? '/'
  return {
    name,
    attributes: {
      Arn: `arn:aws:iam::${account}:role${path}${name}`,
      RoleId: `AROA${hex(subject, 17).toUpperCase()}`,
    },
  }
}

function policy(subject: Subject): Identity {
  return { name: ownName(subject, 'PolicyName', 128), attributes: { Id: hex(subject, 20) } }
}

function managedPolicy(subject: Subject): Identity {
  const name = ownName(subject, 'ManagedPolicyName', 128)
  const arn = `arn:aws:iam::${account}:policy/${name}`
  return { name, ref: arn, attributes: { PolicyArn: arn } }
}
