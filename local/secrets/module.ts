/** Secrets Manager among the services. */
import { join } from 'node:path'
import type { ServiceModule } from '../service-module.ts'
import { hex, ownName, serviceArn } from '../template/identity.ts'
import type { Identity, Subject } from '../template/model.ts'
import { createSecrets } from './secrets.ts'

export const secrets: ServiceModule = {
  name: 'secretsmanager',
  kinds: [{ type: 'AWS::SecretsManager::Secret', here: 'runs', identify: secret }],
  async open({ dataDir, authorize }) {
    const service = await createSecrets({ path: join(dataDir, 'secrets.jsonl'), authorize })
    return {
      service,
      create: {
        'AWS::SecretsManager::Secret': ({ name, properties, ref }) =>
          service.createSecret(name, properties, ref),
      },
      offers: { secretValue: (id) => service.value(id) },
    }
  },
}

function secret(subject: Subject): Identity {
  const name = ownName(subject, 'Name', 255)
  const arn = serviceArn(subject, 'secretsmanager', `secret:${name}-${hex(subject, 6)}`)
  return { name, ref: arn, attributes: { Id: arn } }
}
