/** KMS among the services: keys with their policies, and aliases. */
import { join } from 'node:path'
import type { ServiceModule } from '../service-module.ts'
import { ownText, serviceArn, uuid } from '../template/identity.ts'
import type { Identity, Subject } from '../template/model.ts'
import { createKms } from './kms.ts'

export const kms: ServiceModule = {
  name: 'kms',
  kinds: [
    {
      type: 'AWS::KMS::Key',
      here: 'runs',
      identify: key,
      policies: ({ id, properties, attribute }) => [
        { arn: attribute('Arn'), document: properties['KeyPolicy'], where: id },
      ],
    },
    {
      type: 'AWS::KMS::Alias',
      here: 'runs',
      identify: (subject) => ({ name: ownText(subject, 'AliasName') ?? `alias/${subject.id}` }),
    },
  ],
  async open({ dataDir, authorize, template }) {
    const roles = new Map(template.ofType('AWS::IAM::Role').map((role) => [role.id, role]))
    const roleArn = (role: string) => roles.get(role)?.attribute('Arn')
    const service = await createKms({ path: join(dataDir, 'kms.jsonl'), authorize, roleArn })
    return {
      service,
      create: {
        'AWS::KMS::Key': ({ name, properties }) => service.createKey(name, properties),
        'AWS::KMS::Alias': ({ name, properties }) =>
          service.createAlias(name, String(properties['TargetKeyId'])),
      },
    }
  },
}

function key(subject: Subject): Identity {
  const name = uuid(subject)
  return { name, attributes: { Arn: serviceArn(subject, 'kms', `key/${name}`), KeyId: name } }
}
