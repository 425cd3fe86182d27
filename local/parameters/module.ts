/** Parameter Store among the services. */
import type { ServiceModule } from '../service-module.ts'
import { ownName, ownText } from '../template/identity.ts'
import { createParameters } from './parameters.ts'

export const parameters: ServiceModule = {
  name: 'ssm',
  kinds: [
    {
      type: 'AWS::SSM::Parameter',
      here: 'runs',
      identify: (subject) => ({
        name: ownName(subject, 'Name', 255),
        attributes: {
          Type: ownText(subject, 'Type') ?? 'String',
          Value: ownText(subject, 'Value') ?? '',
        },
      }),
    },
  ],
  async open({ authorize }) {
    const service = createParameters({ authorize })
    return {
      service,
      create: { 'AWS::SSM::Parameter': async ({ name, properties }) => service.put(name, properties) },
    }
  },
}
